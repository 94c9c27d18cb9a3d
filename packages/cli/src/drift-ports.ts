import type { DriftPorts } from "@tamis/ml";
import type { Tamis } from "@tamis/storage";

/** What drift is watched with, on the opened stores. */
export async function driftPorts(tamis: Tamis): Promise<DriftPorts> {
  const { driftStore, ratingCounts } = await import("@tamis/storage");
  return { counts: ratingCounts(tamis), store: driftStore(tamis.records) };
}
