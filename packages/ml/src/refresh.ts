import {
  definePipeline,
  defineStep,
  isTamisError,
  isTemporary,
  type Json,
  type ObjectStore,
  type OnProgress,
  type Pipeline,
} from "@tamis/core";
import { z } from "zod";
import type { ModelOptions } from "./recommender.ts";

/** The configuration of a run of {@link refreshPipeline}; an unknown name is refused. */
export const RefreshConfig = z.strictObject({
  /** Folder or file of the ratings. */
  path: z.string().min(1),
  /** `movielens`: any MovieLens layout; `ratings`: any ratings file. */
  format: z.enum(["movielens", "ratings"]).default("movielens"),
  /** Algorithms to compare. */
  models: z.array(z.string()).min(1).default(["svd", "knn-basic", "normal-predictor"]),
  /** Options by algorithm. */
  options: z.record(z.string(), z.record(z.string(), z.json())).default({}),
  folds: z.int().min(2).default(3),
  seed: z.int().min(0).default(42),
  /** Promote the model also when it is not better. */
  force: z.boolean().default(false),
});
export type RefreshConfig = z.infer<typeof RefreshConfig>;

interface Work {
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

/** What an import answers. */
export interface LoadedRatings {
  readonly snapshot: string;
  readonly rows: number;
  readonly rejected: number;
  /** The same bytes were the data set already. */
  readonly unchanged: boolean;
}

/** A training as the configuration asks for it, on the snapshot of this digest. */
export interface RefreshTraining extends Pick<RefreshConfig, "models" | "folds" | "seed" | "force"> {
  readonly snapshot: string;
  readonly options: Readonly<Record<string, ModelOptions>>;
}

/** What {@link refreshPipeline} works with. */
export interface RefreshPorts {
  readonly objects: ObjectStore;
  /** Makes ratings the data set. */
  load(source: Pick<RefreshConfig, "path" | "format">, work: Work): Promise<LoadedRatings>;
  /** Compares models, and promotes the best when it is better than the champion; answers what came of it. */
  train(training: RefreshTraining, work: Work): Promise<Json>;
}

/** Another import or training at work will have ended some time. */
const patient = {
  attempts: 6,
  baseMs: 5_000,
  capMs: 60_000,
  retryable: (error: unknown) => isTemporary(error) || (isTamisError(error) && error.code === "conflict"),
};

/**
 * The pipeline `refresh`: `load` (ratings become the data set), `train` (the better model becomes the champion),
 * `report` (what both did, as JSON in the object store under `reports/refresh/`).
 *
 * @example
 * await runPipeline(refreshPipeline(ports), { ledger, interval, config: { path: "./ml-latest-small" } });
 */
export function refreshPipeline({ objects, ...ports }: RefreshPorts): Pipeline {
  const load = defineStep({
    name: "load",
    config: RefreshConfig,
    retry: patient,
    async run({ config: { path, format }, signal, onProgress }) {
      const { snapshot, rows, rejected, unchanged } = await ports.load(
        { path, format },
        { signal, onProgress },
      );
      return { snapshot, rows, rejected, unchanged };
    },
  });
  const train = defineStep({
    name: "train",
    inputs: { load },
    config: RefreshConfig,
    retry: patient,
    async run({ config, inputs, signal, onProgress }) {
      const { models, options, folds, seed, force } = config;
      const training = { snapshot: inputs.load.snapshot, models, options, folds, seed, force };
      return await ports.train(training, { signal, onProgress });
    },
  });
  const report = defineStep({
    name: "report",
    inputs: { load, train },
    config: RefreshConfig,
    async run({ interval, inputs, hold, signal }) {
      const document = {
        pipeline: "refresh",
        run_id: hold.runId,
        interval_start: interval.start.toISOString(),
        interval_end: interval.end.toISOString(),
        ...inputs,
      };
      const key = `reports/refresh/${hold.runId}.json`;
      const bytes = new TextEncoder().encode(`${JSON.stringify(document, null, 2)}\n`);
      const { sha256 } = await objects.put(key, bytes, { signal });
      return { key, sha256 };
    },
  });
  return definePipeline({ name: "refresh", steps: [load, train, report] });
}
