import type { RatingTable } from "@tamis/core";
import type { UserHistory } from "./answer-user.ts";

/**
 * The users of a table, in its order, each with what they rated: what `recommendAll` takes. One history at a time is in
 * memory.
 */
export function* userHistories(table: RatingTable): Generator<UserHistory> {
  const { users, items, ratings, length } = table;
  const starts = new Int32Array(users.ids.length + 1);
  for (let row = 0; row < length; row++) starts[users.codes[row]! + 1]!++;
  for (let user = 0; user < users.ids.length; user++) starts[user + 1]! += starts[user]!;
  const rows = new Int32Array(length);
  const next = starts.slice();
  for (let row = 0; row < length; row++) rows[next[users.codes[row]!]!++] = row;
  for (const [user, userId] of users.ids.entries()) {
    const own = rows.subarray(starts[user], starts[user + 1]);
    const history = Array.from(own, (row) => ({
      itemId: items.ids[items.codes[row]!]!,
      rating: ratings[row]!,
    }));
    yield { userId, history };
  }
}
