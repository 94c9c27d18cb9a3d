import type { DriftStore, RatingCounts } from "@tamis/core";
import type { Tamis } from "./open.ts";
import { driftStore } from "./sql/drift.ts";
import { ratingCounts } from "./warehouse/rating-counts.ts";

/** What drift is watched with, on opened stores. */
export function driftPorts(
  tamis: Tamis,
  now?: () => Date,
): { counts: RatingCounts; store: DriftStore; now?: () => Date } {
  return {
    counts: ratingCounts(tamis),
    store: driftStore(tamis.records, now && { now }),
    ...(now && { now }),
  };
}
