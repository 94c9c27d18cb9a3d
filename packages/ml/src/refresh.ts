import { definePipeline, defineStep, type OnProgress, type Pipeline, type TrainingPorts } from "@tamis/core";
import { z } from "zod";
import { patient } from "./patient.ts";
import { trainSnapshot } from "./train-snapshot.ts";
import { TrainingRunConfig, trainingOptions } from "./training-config.ts";
import { type TrainingDocument, trainingDocument } from "./training-document.ts";

/** The configuration of a run of {@link refreshPipeline}; an unknown name is refused. */
export const RefreshConfig = z.strictObject({
  /** Folder or file of the ratings. */
  path: z.string().min(1),
  /** `movielens`: any MovieLens layout; `ratings`: any ratings file. */
  format: z.enum(["movielens", "ratings"]).default("movielens"),
  ...TrainingRunConfig.shape,
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

/** What {@link refreshPipeline} works with. */
export interface RefreshPorts extends TrainingPorts {
  /** Makes ratings the data set. */
  load(source: Pick<RefreshConfig, "path" | "format">, work: Work): Promise<LoadedRatings>;
}

/**
 * The pipeline `refresh`: `load` (ratings become the data set), `train` (the better model becomes the champion),
 * `report` (what both did, as JSON in the object store under `reports/refresh/`).
 *
 * @example
 * await runPipeline(refreshPipeline(ports), { ledger, interval, config: { path: "./ml-latest-small" } });
 */
export function refreshPipeline(ports: RefreshPorts): Pipeline {
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
    async run({ config, inputs, hold, signal, onProgress }): Promise<TrainingDocument> {
      const { path, format, ...training } = config;
      const { snapshot } = inputs.load;
      const tags = { pipeline_run: hold.runId };
      return trainingDocument(
        await trainSnapshot(ports, { ...trainingOptions(training), snapshot, tags, signal, onProgress }),
      );
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
      const { sha256 } = await ports.objects.put(key, bytes, { signal });
      return { key, sha256 };
    },
  });
  return definePipeline({ name: "refresh", steps: [load, train, report] });
}
