import { setImmediate as nextTurn } from "node:timers/promises";
import type { Random, Scale } from "@tamis/core";
import { bulkInsert } from "./bulk-insert.ts";
import { idPages } from "./pages.ts";
import type { Records } from "./schema.ts";
import { writeTransaction } from "./write-transaction.ts";

export interface SyntheticRatingsOptions {
  /** How many; fewer are made when there are not so many pairs without a rating. */
  readonly count: number;
  readonly scale: Scale;
  readonly random: Random;
  /** When they were made. */
  readonly at: Date;
}

/** Rows of one statement and between two turns of the event loop. */
const chunkLength = 1024;

/** Draws are given up for a walk through all pairs when fewer than one of so many hits a free one. */
const patience = 8;

/**
 * Makes ratings up: of users and items that exist, of pairs that have none yet, by halves from one end of the scale to the
 * other, each value equally likely. Their source is `synthetic`: they are in no snapshot, total or statistic.
 *
 * @returns how many were made, in one transaction
 */
export async function addSyntheticRatings(
  records: Records,
  { count, scale, random, at }: SyntheticRatingsOptions,
): Promise<number> {
  const users = await allIds(records, "users");
  const items = await allIds(records, "items");
  if (users.length === 0 || items.length === 0) return 0;
  const ratedAt = Math.floor(at.getTime() / 1000);
  const halves = Math.floor((scale.max - scale.min) * 2) + 1;
  const rowOf = (user: string, item: string) => [
    user,
    item,
    scale.min + random.integer(halves) / 2,
    ratedAt,
    "synthetic",
  ];

  return await writeTransaction(records, async (transaction) => {
    const insert = bulkInsert(transaction, {
      into: "ratings",
      columns: ["user_id", "item_id", "rating", "rated_at", "source"],
      onConflict: "(user_id, item_id) do nothing",
    });
    let made = 0;
    while (made < count) {
      const pairs = drawPairs(Math.min(chunkLength, count - made), users, items, random);
      const hits = await insert(pairs.flatMap(([user, item]) => rowOf(user, item)));
      made += hits;
      await nextTurn();
      if (hits * patience < pairs.length) break;
    }
    // So few pairs are free that they must be looked for, user by user.
    for (const user of made < count ? random.shuffle([...users]) : []) {
      const rated = await ratedBy(transaction, user);
      const free = random.shuffle(items.filter((item) => !rated.has(item))).slice(0, count - made);
      made += await insert(free.flatMap((item) => rowOf(user, item)));
      await nextTurn();
      if (made === count) break;
    }
    return made;
  });
}

async function allIds(records: Records, table: "users" | "items"): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of idPages(records, table)) for (const { id } of page) ids.push(id);
  return ids;
}

/** Different pairs, `count` of them or, where there are hardly so many, fewer; in the order of the table's key. */
function drawPairs(
  count: number,
  users: readonly string[],
  items: readonly string[],
  random: Random,
): (readonly [user: string, item: string])[] {
  const pairs = new Map<string, readonly [string, string]>();
  for (let draw = 0; draw < 2 * count && pairs.size < count; draw++) {
    const pair = [users[random.integer(users.length)]!, items[random.integer(items.length)]!] as const;
    pairs.set(pair.join("\0"), pair);
  }
  return [...pairs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pair]) => pair);
}

async function ratedBy(records: Records, user: string): Promise<Set<string>> {
  const rows = await records.selectFrom("ratings").select("item_id").where("user_id", "=", user).execute();
  return new Set(rows.map(({ item_id }) => item_id));
}
