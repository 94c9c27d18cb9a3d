import type { TrainingPorts } from "@tamis/core";
import { presets, tunedOptions } from "./presets.ts";
import { type TrainingResult, train } from "./train.ts";
import { defaultModel, defaultModels, type TrainingOptions } from "./training-plan.ts";

export interface SnapshotTraining extends TrainingOptions {
  /** Digest of the snapshot to learn from. @default "current" */
  readonly snapshot?: string;
  /** Begin with the options tuned for this number of ratings, of models that have such. @default false */
  readonly preset?: boolean;
}

/**
 * {@link train} on a snapshot of the given stores, alone: the whole of what the command, the service and a pipeline do.
 *
 * @throws conflict when somebody trains already; not_found without the snapshot; and as {@link train}
 *
 * @example
 * const tamis = await openTamis({ dataDir: "./tamis-data" });
 * const { reason } = await trainSnapshot(trainingPorts(tamis), { models: ["svd", "knn-basic"] });
 */
export function trainSnapshot(
  { readData, alone, ...stores }: TrainingPorts,
  { snapshot = "current", preset = false, ...training }: SnapshotTraining = {},
): Promise<TrainingResult> {
  const { model = defaultModel, models = defaultModels, options = {} } = training;
  return alone(model, async () => {
    const data = await readData(snapshot);
    const optionsOf = (name: string) => ({
      ...(preset && Object.hasOwn(presets, name) && tunedOptions(name, data.table.length)),
      ...options[name],
    });
    const filled = Object.fromEntries(models.map((name) => [name, optionsOf(name)]));
    return train({ ...training, ...stores, ...data, options: filled });
  });
}
