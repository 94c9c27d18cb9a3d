import type { SnapshotRecord, Tamis } from "@tamis/storage";
import type { RatingCount } from "./rating-histogram.tsx";

export async function countByRating(_tamis: Tamis, _snapshot: SnapshotRecord): Promise<RatingCount[]> {
  return [];
}
