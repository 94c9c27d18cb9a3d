import { isTamisError, TamisError } from "@tamis/core";
import { z } from "zod";
import { call, type MlflowClient } from "./mlflow-client.ts";

const Found = z.object({
  experiment: z.object({ experiment_id: z.string(), lifecycle_stage: z.string().default("active") }),
});
const Created = z.object({ experiment_id: z.string() });

/** The longest name of an experiment, in characters. */
const longestName = 500;

/**
 * The id of the experiment of this name; it is made when there is none. Of two that make it at once, the second one
 * takes what the first one made.
 *
 * @throws invalid_input for a name that is too long; conflict when it was deleted on the server
 */
export async function experimentId(client: MlflowClient, name: string): Promise<string> {
  if (name === "" || name.length > longestName) {
    throw new TamisError(
      "invalid_input",
      `An experiment of MLflow has a name of 1 to ${longestName} characters, not ${name.length}.`,
    );
  }
  return (await findExperimentId(client, name)) ?? (await create(client, name));
}

/** `undefined` when there is none. */
export async function findExperimentId(client: MlflowClient, name: string): Promise<string | undefined> {
  try {
    const { experiment } = await call(
      client,
      { method: "GET", path: "mlflow/experiments/get-by-name", query: { experiment_name: name } },
      Found,
    );
    if (experiment.lifecycle_stage === "active") return experiment.experiment_id;
  } catch (error) {
    if (isTamisError(error) && error.code === "not_found") return undefined;
    throw error;
  }
  throw new TamisError(
    "conflict",
    `The experiment “${name}” was deleted on the MLflow server. Restore it there (mlflow experiments restore) or use another name.`,
  );
}

async function create(client: MlflowClient, name: string): Promise<string> {
  try {
    const request = { method: "POST", path: "mlflow/experiments/create", json: { name } } as const;
    return (await call(client, request, Created)).experiment_id;
  } catch (error) {
    // Somebody else made it, or the answer to our own first try was lost.
    const id =
      isTamisError(error) && error.code === "conflict" ? await findExperimentId(client, name) : undefined;
    if (id === undefined) throw error;
    return id;
  }
}
