import { type NewRun, type RunArtifact, type RunStatus, TamisError } from "@tamis/core";
import { checkObjectKey } from "../objects/object-key.ts";
import { batches } from "./batches.ts";
import { experimentId } from "./experiments.ts";
import { findByOwnId, getMlflowRun } from "./find-mlflow-run.ts";
import { call, callOnce, type MlflowClient } from "./mlflow-client.ts";
import { checkMlflowKeys, fromMlflowKey, toMlflowKey } from "./mlflow-key.ts";
import { Anything, type MlflowRun, RunAnswer } from "./mlflow-run.ts";
import { type OpenBucket, putArtifact } from "./put-artifact.ts";
import {
  datasetInputOf,
  fromMlflowStatus,
  type KeyValue,
  maxTagLength,
  messageTag,
  parametersOf,
  tagsOf,
  toMlflowStatus,
} from "./run-facts.ts";

export interface RunWriterOptions {
  /** Set on each run, for example `mlflow.user` or `mlflow.source.git.commit`. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Opens a bucket that a run's artifacts are in. @default such artifacts are refused */
  readonly openBucket?: OpenBucket | undefined;
}

/**
 * Writes runs with ids and times that the caller has fixed: each call may be made again, and leaves what one leaves.
 *
 * `runId` is MLflow's, but for `start`, where it is ours.
 */
export interface RunWriter {
  /** Opens a run, or finds the one that was opened with this id; answers MLflow's id. */
  start(runId: string, run: NewRun, at: Date): Promise<string>;
  logParameters(
    runId: string,
    parameters: Readonly<Record<string, string | number | boolean>>,
  ): Promise<void>;
  logMetrics(runId: string, metrics: Readonly<Record<string, number>>, step: number, at: Date): Promise<void>;
  logArtifact(runId: string, artifact: RunArtifact): Promise<void>;
  finish(runId: string, status: RunStatus, message: string | undefined, at: Date): Promise<void>;
}

/** A {@link RunWriter} on a server. */
export function runWriter(client: MlflowClient, options: RunWriterOptions = {}): RunWriter {
  const post = (path: string, json: unknown) =>
    call(client, { method: "POST", path: `mlflow/${path}`, json }, Anything);
  return {
    async start(runId, run, at) {
      const own = [...tagsOf(runId, run), ...givenTags(options.tags)];
      checkMlflowKeys(own);
      checkLengths("tag", maxTagLength, own);
      const experiment = await experimentId(client, run.experiment);
      const opened = await client.retry(
        async () =>
          (await findByOwnId(client, experiment, runId)) ?? (await create(client, experiment, run, own, at)),
      );
      const id = opened.info.run_id;
      // One request takes a hundred tags.
      for (const tags of batches(own, mostTags).slice(1)) await post("runs/log-batch", { run_id: id, tags });
      if (run.snapshot !== undefined)
        await post("runs/log-inputs", { run_id: id, datasets: [datasetInputOf(run.snapshot)] });
      return id;
    },
    async logParameters(runId, given) {
      const { parameters, tags } = parametersOf(given);
      checkMlflowKeys([...parameters, ...tags]);
      checkLengths("parameter", maxParameterLength, parameters);
      refuseChanges(await theRun(client, runId), parameters);
      for (const some of batches(tags, mostTags)) await post("runs/log-batch", { run_id: runId, tags: some });
      for (const params of batches(parameters, 100)) await post("runs/log-batch", { run_id: runId, params });
    },
    async logMetrics(runId, given, step, at) {
      const metrics = Object.entries(given).map(([name, value]) => {
        if (!Number.isFinite(value)) {
          throw new TamisError(
            "invalid_input",
            `The metric “${name}” is ${value}; a metric is a finite number.`,
          );
        }
        return { key: toMlflowKey(name), value, timestamp: at.getTime(), step };
      });
      checkMlflowKeys(metrics);
      for (const some of batches(metrics, 1000)) {
        await post("runs/log-batch", { run_id: runId, metrics: some });
      }
    },
    async logArtifact(runId, { path, bytes }) {
      checkObjectKey(path);
      const { artifact_uri: uri } = (await theRun(client, runId)).info;
      await putArtifact(client, { uri, path }, async () => bytes, options.openBucket);
    },
    async finish(runId, status, message, at) {
      const present = fromMlflowStatus((await theRun(client, runId)).info.status);
      if (present !== "running" && present !== status) {
        throw new TamisError("conflict", `The run ${runId} has ended already (${present}).`);
      }
      if (present !== "running") return;
      if (message !== undefined) await post("runs/set-tag", { run_id: runId, ...messageTag(message) });
      const end = { run_id: runId, status: toMlflowStatus(status), end_time: at.getTime() };
      await post("runs/update", end);
    },
  };
}

const mostTags = 100;
/** In characters. */
const maxParameterLength = 6000;

/** Not tried again by itself: the run may be there although its answer was lost. */
async function create(
  client: MlflowClient,
  experiment: string,
  run: NewRun,
  tags: readonly KeyValue[],
  at: Date,
): Promise<MlflowRun> {
  const json = {
    experiment_id: experiment,
    run_name: run.name,
    start_time: at.getTime(),
    tags: batches(tags, mostTags)[0],
  };
  return (await callOnce(client, { method: "POST", path: "mlflow/runs/create", json }, RunAnswer)).run;
}

function givenTags(tags: Readonly<Record<string, string>> = {}): KeyValue[] {
  const source = { "mlflow.source.name": "tamis", "mlflow.source.type": "JOB" };
  return Object.entries({ ...source, ...tags }).map(([name, value]) => ({ key: toMlflowKey(name), value }));
}

/** @throws invalid_input for a value that is too long */
function checkLengths(kind: "parameter" | "tag", most: number, pairs: readonly KeyValue[]): void {
  const long = pairs.find(({ value }) => value.length > most);
  if (long === undefined) return;
  throw new TamisError(
    "invalid_input",
    `The ${kind} “${fromMlflowKey(long.key)}” has ${long.value.length} characters; MLflow takes ${most}. Log it as an artifact.`,
  );
}

/** MLflow would keep some of the parameters before it refuses the one that changed. */
function refuseChanges(run: MlflowRun, parameters: readonly KeyValue[]): void {
  const known = new Map(run.data.params.map(({ key, value }) => [key, value]));
  const changed = parameters.find(({ key, value }) => (known.get(key) ?? value) !== value);
  if (changed === undefined) return;
  throw new TamisError(
    "conflict",
    `The parameter “${fromMlflowKey(changed.key)}” of run ${run.info.run_id} is ${known.get(changed.key)} already; a parameter is set once.`,
  );
}

async function theRun(client: MlflowClient, runId: string): Promise<MlflowRun> {
  const run = await getMlflowRun(client, runId);
  if (run === undefined) throw new TamisError("not_found", `MLflow has no run ${runId}.`);
  return run;
}
