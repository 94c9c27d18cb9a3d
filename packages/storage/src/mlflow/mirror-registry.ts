import {
  isTamisError,
  type ModelAlias,
  type ModelCatalog,
  type ModelVersion,
  type ObjectStore,
  TamisError,
} from "@tamis/core";
import { z } from "zod";
import type { Run } from "../sql/runs.ts";
import { findExperimentId } from "./experiments.ts";
import { findByOwnId } from "./find-mlflow-run.ts";
import { mlModelFile } from "./ml-model-file.ts";
import { call, callOnce, type MlflowClient } from "./mlflow-client.ts";
import { Anything, type MlflowRun } from "./mlflow-run.ts";
import { type OpenBucket, putArtifact } from "./put-artifact.ts";
import type { FindRun } from "./replay-spool.ts";
import { versionTag, versionTags } from "./version-tags.ts";

export interface RegistrySource {
  readonly catalog: ModelCatalog;
  readonly objects: ObjectStore;
  readonly findRun: FindRun;
}

export interface MirroredRegistry {
  /** Versions that MLflow did not have. */
  readonly versions: number;
  /** Aliases that pointed elsewhere. */
  readonly aliases: number;
  /** Versions whose run MLflow does not have. */
  readonly withoutRun: readonly number[];
}

const Version = z.object({
  version: z.coerce.string(),
  tags: z.array(z.object({ key: z.string(), value: z.string().default("") })).default([]),
});
const VersionsAnswer = z.object({
  model_versions: z.array(Version).default([]),
  next_page_token: z.string().optional(),
});
const ModelAnswer = z.object({
  registered_model: z.object({
    aliases: z.array(z.object({ alias: z.string(), version: z.coerce.string() })).default([]),
  }),
});

/**
 * Makes MLflow's registry say of a model what ours says: the versions that it lacks, with their files as artifacts of
 * their run, and the aliases `champion`, `previous`, `ranker` and `previous_ranker`. Ours decides: MLflow can only set an
 * alias, not compare before it does, so an alias that somebody moved there is moved back. Doing it again changes nothing.
 *
 * Two at once could add a version twice: call it while holding a lock.
 */
export async function mirrorRegistry(
  client: MlflowClient,
  source: RegistrySource,
  model: string,
  options: { readonly openBucket?: OpenBucket | undefined } = {},
): Promise<MirroredRegistry> {
  const versions = (await source.catalog.list(model)).reverse();
  if (versions.length === 0) return { versions: 0, aliases: 0, withoutRun: [] };
  await createModel(client, model);
  const theirs = await theirVersions(client, model);
  const withoutRun: number[] = [];
  let added = 0;
  for (const version of versions) {
    if (theirs.has(version.version)) continue;
    const run = await source.findRun(version.runId);
    if (run?.status === "running") continue; // its verdict is still to come
    const mirrored = run && (await findRunOf(client, run));
    if (mirrored === undefined) withoutRun.push(version.version);
    else {
      const uri = await putFiles(client, source.objects, version, mirrored, options.openBucket);
      await createVersion(client, version, run!, mirrored, uri);
      added++;
    }
  }
  const known = added === 0 ? theirs : await theirVersions(client, model);
  return { versions: added, aliases: await setAliases(client, model, versions, known), withoutRun };
}

async function createModel(client: MlflowClient, name: string): Promise<void> {
  try {
    const request = { method: "POST", path: "mlflow/registered-models/create", json: { name } } as const;
    await call(client, request, Anything);
  } catch (error) {
    if (!isTamisError(error) || error.code !== "conflict") throw error;
  }
}

/** MLflow's number by ours, of the versions that we made. */
async function theirVersions(client: MlflowClient, model: string): Promise<ReadonlyMap<number, string>> {
  const found = new Map<number, string>();
  let token: string | undefined;
  do {
    const query = {
      filter: `name='${model}'`,
      max_results: "200",
      ...(token !== undefined && { page_token: token }),
    };
    const request = { method: "GET", path: "mlflow/model-versions/search", query } as const;
    const page = await call(client, request, VersionsAnswer);
    for (const { version, tags } of page.model_versions) {
      const own = tags.find(({ key }) => key === versionTag);
      if (own) found.set(Number(own.value), version);
    }
    token = page.next_page_token || undefined;
  } while (token !== undefined);
  return found;
}

async function findRunOf(client: MlflowClient, run: Run): Promise<MlflowRun | undefined> {
  const experiment = await findExperimentId(client, run.experiment);
  return experiment === undefined ? undefined : await findByOwnId(client, experiment, run.runId);
}

/** @returns where they are */
async function putFiles(
  client: MlflowClient,
  objects: ObjectStore,
  version: ModelVersion,
  run: MlflowRun,
  openBucket: OpenBucket | undefined,
): Promise<string> {
  const folder = `model-${version.version}`;
  const { artifact_uri: uri, run_id: runId } = run.info;
  const put = (name: string, bytes: () => Promise<Uint8Array | AsyncIterable<Uint8Array>>) =>
    putArtifact(client, { uri, path: `${folder}/${name}` }, bytes, openBucket);
  const description = Buffer.from(mlModelFile(version, folder, runId));
  const coldStart = version.objectKey.replace(/[^/]*$/, "cold-start.safetensors");
  try {
    await put("model.safetensors", () => read(objects, version.objectKey));
    await put("cold-start.safetensors", () => read(objects, coldStart));
    await put("MLmodel", async () => description);
  } catch (error) {
    // Files that are gone here, or a place that we cannot write: the version is worth registering all the same.
    if (!isTamisError(error) || !["not_found", "unsupported"].includes(error.code)) throw error;
  }
  return `${uri}/${folder}`;
}

async function read(objects: ObjectStore, key: string): Promise<AsyncIterable<Uint8Array>> {
  const bytes = await objects.get(key);
  if (bytes) return bytes;
  throw new TamisError("not_found", `There is no object ${key}.`);
}

/** Found again by its tag when its answer was lost, so it is not there twice. */
async function createVersion(
  client: MlflowClient,
  version: ModelVersion,
  { message }: Run,
  run: MlflowRun,
  source: string,
): Promise<void> {
  const json = {
    name: version.model,
    source,
    run_id: run.info.run_id,
    tags: versionTags(version, message),
    ...(message !== null && { description: message.slice(0, 5000) }),
  };
  const request = { method: "POST", path: "mlflow/model-versions/create", json } as const;
  await client.retry(async () => {
    if ((await theirVersions(client, version.model)).has(version.version)) return;
    await callOnce(client, request, Anything);
  });
}

const aliases: readonly ModelAlias[] = ["champion", "previous", "ranker", "previous_ranker"];

/** @returns how many were changed */
async function setAliases(
  client: MlflowClient,
  name: string,
  versions: readonly ModelVersion[],
  theirs: ReadonlyMap<number, string>,
): Promise<number> {
  const get = { method: "GET", path: "mlflow/registered-models/get", query: { name } } as const;
  const { registered_model: present } = await call(client, get, ModelAnswer);
  let changed = 0;
  for (const alias of aliases) {
    const holder = versions.find((version) => version.aliases.includes(alias));
    const wanted = holder && theirs.get(holder.version);
    const has = present.aliases.find((one) => one.alias === alias)?.version;
    if (has === wanted) continue;
    const path = "mlflow/registered-models/alias";
    if (wanted !== undefined) {
      await call(client, { method: "POST", path, json: { name, alias, version: wanted } }, Anything);
    } else await call(client, { method: "DELETE", path, json: { name, alias } }, Anything);
    changed++;
  }
  return changed;
}
