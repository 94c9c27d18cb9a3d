import { createRandom, type RatingTable, TamisError } from "@tamis/core";
import { type Activity, activeRows } from "./active-rows.ts";
import { selectRows } from "./select-rows.ts";

/** How many ratings are used, at most; all by default. */
export interface TrainingSamples {
  /** To compare models on. */
  readonly crossValidation?: number | undefined;
  /** That a KNN model (`knn-…`) learns from in each fold; it is tested on the same rows as the others. */
  readonly knn?: number | undefined;
  /** To fit the best model on. The sample of the comparison is a part of it, or it of that one. */
  readonly final?: number | undefined;
}

/** What a training compares models on, and what it fits the best one on. */
export interface TrainingTables {
  readonly table: RatingTable;
  readonly finalTable: RatingTable;
  /** Ratings of active users and items, of which the samples are drawn. */
  readonly activeRatings: number;
}

/**
 * Leaves out inactive users and items, then draws the samples: the same seed, the same rows, in the order of the table.
 *
 * @throws analysis when nobody is active enough
 */
export function trainingTables(
  whole: RatingTable,
  { samples = {}, seed, ...activity }: Activity & { samples?: TrainingSamples | undefined; seed: number },
): TrainingTables {
  const rows = activeRows(whole, activity);
  if (rows.length === 0) {
    const { minUserRatings = 0, minItemRatings = 0 } = activity;
    throw new TamisError(
      "analysis",
      `No user has ${minUserRatings} ratings of items with ${minItemRatings} ratings: there is nothing to learn from. Ask for fewer.`,
    );
  }
  const active = rows.length === whole.length ? whole : selectRows(whole, rows);
  const draw = (count = active.length) =>
    count >= active.length ? active : selectRows(active, sampleRows(active.length, count, seed));
  return {
    table: draw(samples.crossValidation),
    finalTable: draw(samples.final),
    activeRatings: active.length,
  };
}

function sampleRows(length: number, count: number, seed: number): Int32Array {
  const order = createRandom(seed)
    .fork("sample")
    .shuffle(Int32Array.from({ length }, (_, row) => row));
  return order.slice(0, count).sort();
}
