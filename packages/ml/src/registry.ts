import {
  type ModelCatalog,
  type ModelRole,
  type ModelVersion,
  type ObjectStore,
  type StoredObject,
  TamisError,
} from "@tamis/core";
import type { DefinedRecommender } from "./define-recommender.ts";
import { readColdStartFile, readModelFile, type Storable, writeModelFile } from "./model-file/model-file.ts";
import { readRegistered } from "./read-registered.ts";
import type { Model } from "./recommender.ts";
import type { ColdStart } from "./recommenders/cold-start.ts";

/** Where versions live: their bytes, and the list of them. */
export interface Registry {
  readonly objects: ObjectStore;
  readonly catalog: ModelCatalog;
}

export interface NewVersion {
  /** Name of the registered model: letters, digits, `.`, `_` and `-`. */
  readonly name: string;
  /** The run that made it; a run makes at most one version for each role. */
  readonly runId: string;
  /** What it was trained for. @default "champion" */
  readonly role?: ModelRole;
  readonly model: Model;
  readonly coldStart: ColdStart;
  /** Digest of the snapshot it was trained on. */
  readonly snapshot: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly signal?: AbortSignal;
}

/** A version that is ready to recommend. */
export interface LoadedVersion {
  readonly version: ModelVersion;
  readonly model: Model;
  readonly coldStart: ColdStart;
}

/**
 * Stores a fitted model and its cold start as the next version of a registered model: first the files
 * `models/NAME/RUN/cold-start.safetensors` and `models/NAME/RUN/model.safetensors` (in `models/NAME/RUN/ranker/` for a
 * ranker), then the entry in the catalog. The entry holds the model file's digest, the model file that of the cold start.
 *
 * When it fails between the two, files are left that no entry names; they are kept, because an entry that was
 * written although its answer was lost must not point at nothing.
 *
 * @throws invalid_input for another name; analysis when the model holds a number that is not finite; conflict when
 * the run has stored a version already; and what the stores throw
 */
export async function saveVersion(
  { objects, catalog }: Registry,
  version: NewVersion,
): Promise<ModelVersion> {
  const { name, runId, role = "champion", model, coldStart, snapshot, metrics, signal } = version;
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(name)) {
    throw new TamisError(
      "invalid_input",
      `“${name}” cannot name a model: use letters, digits, “.”, “_” and “-”, at most 128.`,
    );
  }
  const { ifAbsent } = await objects.capabilities();
  const folder = `models/${name}/${runId}${role === "champion" ? "" : `/${role}`}`;
  const put = (file: string, stored: Storable, pinned?: string): Promise<StoredObject> => {
    const metadata = { snapshot, metrics, ...(pinned !== undefined && { coldStart: pinned }) };
    return objects.put(`${folder}/${file}`, writeModelFile(stored, metadata), {
      ifAbsent,
      ...(signal && { signal }),
    });
  };
  const companion = await put("cold-start.safetensors", coldStart);
  const { key, sha256, bytes } = await put("model.safetensors", model, companion.sha256);
  return catalog.add({
    model: name,
    runId,
    algorithm: model.algorithm,
    options: model.options,
    seed: model.seed,
    snapshot,
    metrics,
    objectKey: key,
    sha256,
    bytes,
  });
}

/**
 * Loads a version: the very bytes that were registered, or nothing.
 *
 * @param recommenders - those of {@link defineRecommender} whose model it may be
 * @throws not_found when a file is missing; corrupt_data when its bytes are not those that were registered;
 * unsupported when a newer Tamis wrote it
 */
export async function loadVersion(
  objects: ObjectStore,
  version: ModelVersion,
  recommenders: readonly DefinedRecommender[] = [],
): Promise<LoadedVersion> {
  const { objectKey, sha256, bytes } = version;
  const file = await readRegistered(objects, { key: objectKey, sha256, bytes });
  const { model, metadata } = readModelFile(file, recommenders, { isCompared: true });
  const companion = {
    key: objectKey.replace(/[^/]*$/, "cold-start.safetensors"),
    sha256: metadata.coldStart,
  };
  const coldStart = readColdStartFile(await readRegistered(objects, companion), { isCompared: true });
  return { version, model, coldStart };
}

/** Why a version cannot serve, as a sentence's end; `undefined` when it can. */
export async function whyBroken(objects: ObjectStore, version: ModelVersion): Promise<string | undefined> {
  const file = await objects.get(version.objectKey, { range: { start: 0, length: 1 } });
  if (file === undefined) return "its file is missing";
  return version.metrics.needs_training ? "it forgot somebody and waited for training" : undefined;
}

/**
 * Loads the champion of a registered model, `undefined` when there is none yet.
 *
 * @throws not_found, corrupt_data, unsupported as {@link loadVersion}
 */
export async function loadChampion(
  { objects, catalog }: Registry,
  name: string,
  recommenders: readonly DefinedRecommender[] = [],
): Promise<LoadedVersion | undefined> {
  const champion = await catalog.find(name, "champion");
  return champion && loadVersion(objects, champion, recommenders);
}

/**
 * The version that makes the lists of a registered model: its ranker, or, when it has none, its champion; `undefined` with
 * neither.
 */
export async function findListMaker(catalog: ModelCatalog, name: string): Promise<ModelVersion | undefined> {
  return (await catalog.find(name, "ranker")) ?? (await catalog.find(name, "champion"));
}
