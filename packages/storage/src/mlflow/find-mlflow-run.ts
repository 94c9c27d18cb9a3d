import { isTamisError } from "@tamis/core";
import { z } from "zod";
import type { Run } from "../sql/runs.ts";
import { call, type MlflowClient } from "./mlflow-client.ts";
import { fromMlflowKey } from "./mlflow-key.ts";
import { type MlflowRun, RunAnswer, RunsAnswer } from "./mlflow-run.ts";
import { factsOf, fromMlflowStatus, ownTags } from "./run-facts.ts";

const ExperimentAnswer = z.object({ experiment: z.object({ name: z.string() }) });

/**
 * Reads a run back from MLflow, `undefined` when there is none. What MLflow does not know (version of the program,
 * host) is null; a run that Tamis did not write has its values as they look: `100` is a number.
 *
 * @param runId - MLflow's.
 */
export async function findMlflowRun(client: MlflowClient, runId: string): Promise<Run | undefined> {
  const run = await getMlflowRun(client, runId);
  if (run === undefined) return undefined;
  const { experiment } = await call(
    client,
    { method: "GET", path: "mlflow/experiments/get", query: { experiment_id: run.info.experiment_id } },
    ExperimentAnswer,
  );
  const { info, data } = run;
  return {
    ...factsOf(data.tags, data.params),
    runId: info.run_id,
    experiment: experiment.name,
    name: info.run_name,
    status: fromMlflowStatus(info.status),
    codeVersion: null,
    host: null,
    startedAt: new Date(info.start_time),
    endedAt: info.end_time ? new Date(info.end_time) : null,
    metrics: Object.fromEntries(data.metrics.map(({ key, value }) => [fromMlflowKey(key), value])),
  };
}

/** The run as MLflow answers it. */
export async function getMlflowRun(client: MlflowClient, runId: string): Promise<MlflowRun | undefined> {
  try {
    const request = { method: "GET", path: "mlflow/runs/get", query: { run_id: runId } } as const;
    return (await call(client, request, RunAnswer)).run;
  } catch (error) {
    if (isTamisError(error) && error.code === "not_found") return undefined;
    throw error;
  }
}

/** The run that carries our id as a tag, also one that was deleted there (it is not made anew). */
export async function findByOwnId(
  client: MlflowClient,
  experimentId: string,
  runId: string,
): Promise<MlflowRun | undefined> {
  const json = {
    experiment_ids: [experimentId],
    filter: `tags.\`${ownTags.runId}\` = '${runId}'`,
    run_view_type: "ALL",
    max_results: 1,
  };
  const { runs } = await call(client, { method: "POST", path: "mlflow/runs/search", json }, RunsAnswer);
  return runs[0];
}
