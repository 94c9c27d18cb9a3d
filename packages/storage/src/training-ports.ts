import type { RunTracker, TrainingPorts } from "@tamis/core";
import { readHost } from "./host.ts";
import { readSnapshot } from "./lake/snapshot.ts";
import type { Tamis } from "./open.ts";
import { allItems } from "./sql/items.ts";
import { withLock } from "./sql/lock.ts";
import { modelCatalog } from "./sql/models.ts";
import { failAbandonedRuns, runTracker } from "./sql/run-tracker.ts";

export interface TrainingPortsOptions {
  /** Version of the program, kept with each run. */
  readonly codeVersion?: string | undefined;
  /** Lets others know of the runs, too: `mirror` of an `Mlflow`. @default nobody */
  readonly mirror?: ((truth: RunTracker) => RunTracker) | undefined;
}

/**
 * The ports of a training on opened stores.
 *
 * @example
 * await trainSnapshot(trainingPorts(tamis, { codeVersion: "1.2.0" }), { models: ["svd"] });
 */
export function trainingPorts(
  tamis: Tamis,
  { codeVersion, mirror = (truth) => truth }: TrainingPortsOptions = {},
): TrainingPorts {
  const { records, objects } = tamis;
  const tracker = runTracker({ records, objects }, { host: readHost().machine, codeVersion });
  return {
    objects,
    catalog: modelCatalog(records),
    tracker: mirror(tracker),
    async readData(snapshot) {
      const { manifest, table } = await readSnapshot(tamis, snapshot);
      return { table, snapshot: manifest.digest, items: await allItems(records) };
    },
    alone: (name, work) =>
      withLock(records, "train", async () => {
        await failAbandonedRuns(records, new Date(), { name });
        return await work();
      }),
  };
}
