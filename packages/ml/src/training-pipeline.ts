import { definePipeline, defineStep, type Pipeline, type TrainingPorts } from "@tamis/core";
import { patient } from "./patient.ts";
import { trainSnapshot } from "./train-snapshot.ts";
import { TrainingRunConfig, trainingOptions } from "./training-config.ts";
import { type TrainingDocument, trainingDocument } from "./training-document.ts";

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
    config: TrainingRunConfig,
    retry: patient,
    async run({ config, hold, signal, onProgress }): Promise<TrainingDocument> {
      const tags = { pipeline_run: hold.runId };
      const training = { ...trainingOptions(config), tags, signal, onProgress };
      return trainingDocument(await trainSnapshot(ports, training));
    },
  });
  return definePipeline({ name: "training", steps: [train] });
}
