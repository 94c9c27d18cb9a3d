import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Pipeline, TamisError } from "@tamis/core";
import type { RefreshPorts } from "@tamis/ml";
import type { Tamis } from "@tamis/storage";
import type { Context } from "./context.ts";
import { programVersion } from "./program-version.ts";

/**
 * The pipelines that can be run: `refresh`, `training`, `drift`, and those of a module, whose default export is a pipeline,
 * a list of them, or a function that makes either from the opened stores.
 *
 * @throws not_found, configuration when the module cannot be loaded or exports something else
 */
export async function loadPipelines(
  context: Pick<Context, "tamis" | "mlflow">,
  module: string | undefined,
): Promise<Pipeline[]> {
  const { driftPipeline, refreshPipeline, trainingPipeline } = await import("@tamis/ml");
  const { driftPorts, importMovielens, importRatings, trainingPorts } = await import("@tamis/storage");
  const tamis = await context.tamis();
  const own = module === undefined ? [] : await modulePipelines(tamis, module);
  const mirror = (await context.mlflow())?.mirror;
  const ports = trainingPorts(tamis, { codeVersion: programVersion(), mirror });
  const load: RefreshPorts["load"] = ({ path, format }, work) =>
    (format === "movielens" ? importMovielens : importRatings)(tamis, path, work);
  const pipelines = [
    refreshPipeline({ ...ports, load }),
    trainingPipeline(ports),
    driftPipeline(driftPorts(tamis)),
    ...own,
  ];
  const twice = pipelines.find(({ name }, at) => pipelines.findIndex((other) => other.name === name) !== at);
  if (twice === undefined) return pipelines;
  throw new TamisError(
    "configuration",
    `Two pipelines are called “${twice.name}”; rename the one in ${module}.`,
  );
}

/** @throws not_found when there is no such pipeline, with the names of those there are */
export function findPipeline(pipelines: readonly Pipeline[], name: string): Pipeline {
  const found = pipelines.find((pipeline) => pipeline.name === name);
  if (found !== undefined) return found;
  const names = pipelines.map((pipeline) => pipeline.name).join(", ");
  throw new TamisError(
    "not_found",
    `There is no pipeline “${name}”, only: ${names}. Give yours with --module FILE.`,
  );
}

async function modulePipelines(tamis: Tamis, file: string): Promise<Pipeline[]> {
  const path = resolve(file);
  await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new TamisError("not_found", `The module ${file} cannot be read (${cause.code}).`, { cause });
  });
  let made: unknown;
  try {
    const { default: exported } = (await import(pathToFileURL(path).href)) as { default?: unknown };
    made = typeof exported === "function" ? await exported(tamis) : exported;
  } catch (error) {
    const { message } = error as Error;
    throw new TamisError("configuration", `The module ${file} cannot be loaded: ${message}`, {
      cause: error,
    });
  }
  const pipelines = Array.isArray(made) ? made : [made];
  if (pipelines.length > 0 && pipelines.every(isPipeline)) return pipelines;
  throw new TamisError(
    "configuration",
    `The default export of ${file} is no pipeline: export what definePipeline returns, a list of such, or a function of the opened stores that makes them.`,
  );
}

function isPipeline(value: unknown): value is Pipeline {
  const { name, steps } = (value ?? {}) as Partial<Pipeline>;
  return (
    typeof name === "string" && Array.isArray(steps) && steps.every(({ run }) => typeof run === "function")
  );
}
