import { join } from "node:path";
import { type Log, type RunTracker, silentLog, sleep, throwIfAborted } from "@tamis/core";
import type { Tamis } from "../open.ts";
import { engineOf } from "../sql/engine.ts";
import { modelNames } from "../sql/model-names.ts";
import { modelCatalog } from "../sql/models.ts";
import { findRun } from "../sql/runs.ts";
import type { Records } from "../sql/schema.ts";
import { type MirroredRegistry, mirrorRegistry } from "./mirror-registry.ts";
import { mirroredTracker, type RunMirror } from "./mirrored-tracker.ts";
import { type MlflowClientOptions, mlflowClient } from "./mlflow-client.ts";
import { openEnvironmentBucket } from "./open-bucket.ts";
import type { OpenBucket } from "./put-artifact.ts";
import { type Replayed, replaySpool } from "./replay-spool.ts";
import { type RunWriterOptions, runWriter } from "./run-writer.ts";
import { openSpool } from "./spool.ts";
import { type SyncedRuns, syncRuns } from "./sync-runs.ts";

export interface OpenMlflowOptions extends Omit<MlflowClientOptions, "signal">, RunWriterOptions {
  /** Told when MLflow is away, and what it refused. @default a log that goes nowhere */
  readonly log?: Log;
  /** @default S3, with the credentials of the environment, at `MLFLOW_S3_ENDPOINT_URL` */
  readonly openBucket?: OpenBucket | undefined;
  /** How long the end of a run waits for what is still to be sent, in ms. @default 30_000 */
  readonly patienceMs?: number;
}

/** An MLflow server that mirrors our records: they decide, and go on without it. */
export interface Mlflow {
  /** A tracker whose runs MLflow gets too, now or later. It never fails because of MLflow. */
  mirror(truth: RunTracker): RunTracker;
  /** Sends in the background what waits, and what the registry has that MLflow's has not. */
  send(): void;
  /**
   * Sends what waits, and waits for it.
   *
   * @throws aborted; a server that is away is told in `failure`
   */
  replay(signal?: AbortSignal): Promise<Replayed>;
  /**
   * Sends what waits, then all that MLflow lacks: runs that have ended, versions, aliases.
   *
   * @throws unavailable and its like when MLflow is away; aborted
   */
  sync(signal?: AbortSignal): Promise<Synced>;
  /** Ends what is being sent in the background; the rest, and what is said from now on, waits for the next time. */
  close(): Promise<void>;
}

export interface Synced {
  readonly replayed: Replayed;
  readonly runs: SyncedRuns;
  readonly models: Readonly<Record<string, MirroredRegistry>>;
}

/** How long a server that was found away is left alone, in ms. */
const quietMs = 30_000;

/**
 * Mirrors runs and registry of opened stores to an MLflow server. What is said of a run is written to a spool in the
 * folder `mlflow` of the data dir first, and sent from there by one process at a time.
 *
 * @throws configuration for a URL that is not http or https, or that holds a password
 *
 * @example
 * const mlflow = openMlflow(tamis, { url: "http://localhost:5000" });
 * const tracker = mlflow.mirror(runTracker(tamis));
 */
export function openMlflow(tamis: Tamis, options: OpenMlflowOptions): Mlflow {
  const { log = silentLog, patienceMs = 30_000, now = () => new Date() } = options;
  const { records, objects, dataDir } = tamis;
  const { openBucket = (bucket) => openEnvironmentBucket(bucket, dataDir) } = options;
  const folder = join(dataDir, "mlflow");
  const spool = openSpool(folder);
  const lookUp = (runId: string) => findRun(records, runId);
  const connect = (signal: AbortSignal) => {
    const client = mlflowClient({ ...options, signal });
    return { client, writer: runWriter(client, { ...options, openBucket }) };
  };
  const { url } = mlflowClient(options); // a mistake in the URL is found now

  async function replay(signal: AbortSignal): Promise<Replayed> {
    const replayed = await alone(records, signal, () => replaySpool(spool, connect(signal).writer, lookUp));
    for (const { file, reason } of replayed.setAside) {
      log.warn("MLflow refused a part of a run, which was set aside", { file, reason });
    }
    return replayed;
  }

  async function mirrorModels(signal: AbortSignal): Promise<Record<string, MirroredRegistry>> {
    const source = { catalog: modelCatalog(records), objects, findRun: lookUp };
    const { client } = connect(signal);
    const done: Record<string, MirroredRegistry> = {};
    for (const model of await modelNames(records)) {
      done[model] = await alone(records, signal, () => mirrorRegistry(client, source, model, { openBucket }));
    }
    return done;
  }

  const stopping = new AbortController();
  let passing: Promise<void> | undefined;
  const wanted = { replay: false, models: false };
  let quietUntil = 0;

  /** One pass after the other while something is wanted; it never fails. */
  async function pass(): Promise<void> {
    const { signal } = stopping;
    try {
      while (wanted.replay && !signal.aborted) {
        const { models } = wanted;
        Object.assign(wanted, { replay: false, models: false });
        const { failure } = await replay(signal);
        if (failure) throw failure;
        if (models) await mirrorModels(signal);
      }
    } catch (error) {
      if (signal.aborted) return;
      quietUntil = now().getTime() + quietMs;
      log.warn("MLflow did not take everything; it waits for the next time", { url, folder, error });
    }
  }

  function send({ models }: { models: boolean }): void {
    Object.assign(wanted, { replay: true, models: wanted.models || models });
    if (stopping.signal.aborted || now().getTime() < quietUntil) return;
    passing ??= pass().finally(() => {
      passing = undefined;
    });
  }

  const mirror: RunMirror = {
    async note(runId, entry) {
      try {
        await spool.append(runId, entry);
        send({ models: false });
      } catch (error) {
        log.warn("What was said of a run cannot be kept for MLflow", { runId, folder, error });
      }
    },
    async flush() {
      send({ models: true });
      if (passing === undefined) return;
      const over = new AbortController();
      const late = sleep(patienceMs, over.signal).then(
        () => log.warn("MLflow is slow; what is left is not waited for", { url, folder }),
        () => {},
      );
      await Promise.race([passing, late]);
      over.abort();
    },
  };
  const never = new AbortController().signal;
  return {
    mirror: (truth) => mirroredTracker(truth, mirror, { now }),
    send: () => send({ models: true }),
    replay: (signal = never) => replay(signal),
    async sync(signal = never) {
      const replayed = await replay(signal);
      if (replayed.failure) throw replayed.failure;
      const { client, writer } = connect(signal);
      const waiting = new Set(await spool.list());
      const runs = await alone(records, signal, () => syncRuns(client, writer, tamis, waiting));
      return { replayed, runs, models: await mirrorModels(signal) };
    },
    async close() {
      stopping.abort();
      await passing;
    },
  };
}

/** How often a lock that is taken is asked for again. */
const pollMs = 200;

/** Two processes that send at once could open a run twice. */
async function alone<T>(records: Records, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (;;) {
    throwIfAborted(signal);
    const release = await engineOf(records).tryLock("mlflow");
    if (release !== undefined) return await work().finally(release);
    await sleep(pollMs, signal);
  }
}
