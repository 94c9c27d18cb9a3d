import { type ModelAlias, type ModelVersion, TamisError } from "@tamis/core";
import type { LoadedVersion } from "@tamis/ml";
import type { Context } from "./context.ts";
import { modelName } from "./model-document.ts";

/** A version as it is named on the command line. */
export type VersionName = number | ModelAlias;

const aliases: readonly ModelAlias[] = ["champion", "ranker", "previous", "previous_ranker"];

/** Parser of a {@link VersionName}. @throws Error saying what is expected */
export function parseVersion(input: string): VersionName {
  const alias = aliases.find((name) => name === input);
  if (alias) return alias;
  if (/^[1-9]\d{0,8}$/.test(input)) return Number(input);
  throw new Error(`expected a version number or one of ${aliases.join(", ")}.`);
}

/** The flag of commands that ask a model. */
export const modelFlag = {
  kind: "parsed",
  parse: parseVersion,
  optional: true,
  placeholder: "VERSION",
  brief: "A version number, champion or ranker [default = ranker, champion without one]",
} as const;

/**
 * The version that was asked for; without one, the one that makes the lists: the ranker, or the champion where there is
 * none. `undefined` when there is no such model at all.
 *
 * @throws not_found when the version that was asked for does not exist
 */
export async function findModel(
  context: Context,
  asked: VersionName | undefined,
): Promise<ModelVersion | undefined> {
  const { findListMaker } = await import("@tamis/ml");
  const { modelCatalog } = await import("@tamis/storage");
  const catalog = modelCatalog((await context.tamis()).records);
  if (asked === undefined) return findListMaker(catalog, modelName);
  const version = await catalog.find(modelName, asked);
  if (version) return version;
  throw new TamisError("not_found", `There is no model version ${asked}. List them with: tamis models`, {
    details: { model: modelName, version: asked },
  });
}

/** {@link findModel}, read and ready. @throws not_found when there is none */
export async function loadModel(context: Context, asked?: VersionName): Promise<LoadedVersion> {
  const version = await findModel(context, asked);
  if (!version) throw new TamisError("not_found", "There is no model yet. Train one with: tamis train");
  const { loadVersion } = await import("@tamis/ml");
  return loadVersion((await context.tamis()).objects, version);
}
