import { definePipeline, defineStep, type Pipeline, type TrainingPorts } from "@tamis/core";
import { z } from "zod";
import { patient } from "./patient.ts";
import { trainSnapshot } from "./train-snapshot.ts";
import { type TrainingDocument, trainingDocument } from "./training-document.ts";
import { defaultModels } from "./training-plan.ts";

/** The configuration of a run of {@link trainingPipeline}; an unknown name is refused. */
export const TrainingConfig = z.strictObject({
  /** Algorithms to compare. */
  models: z
    .array(z.string())
    .min(1)
    .default([...defaultModels]),
  /** Options by algorithm. */
  options: z.record(z.string(), z.record(z.string(), z.json())).default({}),
  /** Begin with the options tuned for this number of ratings, of models that have such. */
  preset: z.boolean().default(false),
  folds: z.int().min(2).default(3),
  seed: z.int().min(0).default(42),
  /** How much better than the champion, in units of the scale. */
  margin: z.number().min(0).default(0),
  /** Promote the model also when it is not better. */
  force: z.boolean().default(false),
});
export type TrainingConfig = z.infer<typeof TrainingConfig>;

/**
 * The pipeline `training`: one step, `train`, on the current data set; it answers the verdict. A candidate that is
 * refused is a run that has finished, with `promoted: false`. The tag `pipeline_run` of the tracked run is the run's id.
 *
 * @example
 * await runPipeline(trainingPipeline(trainingPorts(tamis)), { ledger, interval, config: { models: ["svd"] } });
 */
export function trainingPipeline(ports: TrainingPorts): Pipeline {
  const train = defineStep({
    name: "train",
    config: TrainingConfig,
    retry: patient,
    async run({ config, hold, signal, onProgress }): Promise<TrainingDocument> {
      const tags = { pipeline_run: hold.runId };
      return trainingDocument(await trainSnapshot(ports, { ...config, tags, signal, onProgress }));
    },
  });
  return definePipeline({ name: "training", steps: [train] });
}
