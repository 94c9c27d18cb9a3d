import { canonicalId, type Id, type Random, type Rating } from "@tamis/core";
import { idPages } from "./pages.ts";
import { countStats, ratingsOfUser } from "./ratings.ts";
import type { Records } from "./schema.ts";

export interface RandomRatingsOptions {
  /** How many; all there are when there are fewer. */
  readonly count: number;
  /** Only this user's. */
  readonly userId?: Id | undefined;
  readonly random: Random;
}

/**
 * Ratings drawn without replacement, each with the same probability, in random order; synthetic ones are left out. Reads
 * the totals of the users and the ratings of those it drew, never the whole table.
 */
export async function randomRatings(
  records: Records,
  { count, userId, random }: RandomRatingsOptions,
): Promise<Rating[]> {
  if (userId !== undefined) {
    return random.shuffle(await ratingsOfUser(records, userId)).slice(0, count);
  }
  const { ratings: total } = await countStats(records);
  const ranks = drawRanks(total, Math.min(count, total), random);
  const drawn: Rating[] = [];
  let before = 0;
  let next = 0;
  for await (const page of idPages(records, "users")) {
    for (const { id, ratings } of page) {
      const first = next;
      while (next < ranks.length && ranks[next]! < before + ratings) next++;
      if (next > first) {
        const own = await ratingsOfUser(records, canonicalId(id));
        for (const rank of ranks.slice(first, next)) if (own[rank - before]) drawn.push(own[rank - before]!);
      }
      before += ratings;
    }
    if (next === ranks.length) break;
  }
  return random.shuffle(drawn);
}

/** `count` different whole numbers in [0, total), ascending. */
function drawRanks(total: number, count: number, random: Random): number[] {
  if (count > total / 2) {
    const all = random.shuffle(Int32Array.from({ length: total }, (_, rank) => rank));
    return [...all.subarray(0, count).sort()];
  }
  const ranks = new Set<number>();
  while (ranks.size < count) ranks.add(random.integer(total));
  return [...ranks].sort((a, b) => a - b);
}
