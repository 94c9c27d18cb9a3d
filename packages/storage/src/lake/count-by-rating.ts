import type { Tamis } from "../open.ts";
import { zones } from "./zones.ts";

/** How many ratings have a value. */
export interface RatingCount {
  readonly rating: number;
  readonly count: number;
}

/**
 * The distribution of a snapshot's ratings, ascending by value. A snapshot never changes, so the answer can be kept.
 *
 * @throws not_found when there is no such snapshot
 */
export async function countByRating(tamis: Tamis, snapshot: string): Promise<RatingCount[]> {
  const path = await tamis.objects.localPath(zones.curated(snapshot, "ratings.parquet"));
  return await tamis.warehouse.query<RatingCount>(
    "SELECT rating, count(*) AS count FROM read_parquet($path) GROUP BY rating ORDER BY rating",
    { path },
  );
}
