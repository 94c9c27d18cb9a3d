import type { Item } from "../item.ts";
import type { RatingTable } from "../rating-table.ts";
import type { ModelCatalog } from "./model-catalog.ts";
import type { ObjectStore } from "./object-store.ts";
import type { RunTracker } from "./run-tracker.ts";

/** What a training works with, whichever stores there are. */
export interface TrainingPorts {
  readonly objects: ObjectStore;
  readonly catalog: ModelCatalog;
  readonly tracker: RunTracker;
  /**
   * Reads what there is to learn from. Synthetic ratings are in no snapshot.
   *
   * @param snapshot - its digest, or `current` for the data set of now.
   * @throws not_found when there is none; corrupt_data when its bytes are not those written
   */
  readData(snapshot: string | "current"): Promise<TrainingData>;
  /**
   * Does `work` while nobody else trains on these stores, in this process or another. Runs of the name that are still
   * `running` by then were killed, and are marked `failed` before.
   *
   * @param name - of the registered model, which its runs are named after.
   * @throws conflict at once when somebody trains
   */
  alone<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** A snapshot with the catalogue of today. */
export interface TrainingData {
  readonly table: RatingTable;
  /** Digest of the snapshot that `table` was read from. */
  readonly snapshot: string;
  readonly items: readonly Item[];
}
