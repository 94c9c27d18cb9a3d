import type { AppendedColumn } from "../warehouse/table-appender.ts";
import { dictionary } from "./dictionary.ts";

/** How many rows a stage has, of how many users and items. */
export interface StageCounts {
  readonly rows: number;
  readonly users: number;
  readonly items: number;
}

/** Watches pairs of user and item go by. */
export interface PairWatch {
  add(users: AppendedColumn, items: AppendedColumn, rows: number): void;
  /** How many rows, users and items went by; `undefined` when some pair may have come twice. */
  counts(): StageCounts | undefined;
}

/**
 * Tells whether a pair may have come twice, in memory for the users and items, not the rows. It is certain of
 * files in which the rows of a user follow each other, as most have them; of others it says that one may have.
 */
export function pairWatch(): PairWatch {
  const users = dictionary();
  const items = dictionary();
  /** By item: the user who rated it last. */
  let ratedBy = new Int32Array(1024).fill(-1);
  let user = -1;
  let suspicious = false;
  let seen = 0;

  return {
    add(userIds, itemIds, rows) {
      seen += rows;
      for (let row = 0; row < rows && !suspicious; row++) {
        const nextUser = users.code(userIds[row]!);
        // Codes count up, so a lower one has been here before.
        if (nextUser < user) suspicious = true;
        user = nextUser;
        const item = items.code(itemIds[row]!);
        if (item >= ratedBy.length) ratedBy = grown(ratedBy);
        if (ratedBy[item] === user) suspicious = true;
        ratedBy[item] = user;
      }
    },
    counts: () => (suspicious ? undefined : { rows: seen, users: users.ids.length, items: items.ids.length }),
  };
}

function grown(marks: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * marks.length).fill(-1);
  larger.set(marks);
  return larger;
}
