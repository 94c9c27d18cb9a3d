import { createHash } from "node:crypto";
import type { Id } from "@tamis/core";

/** The file of a user's list of `n`, e.g. `user_42_top_5.csv`; an id that cannot be part of a name is coded or hashed. */
export function predictionsFile(userId: Id, n: number): string {
  const coded = encodeURIComponent(String(userId));
  const name = coded.length <= 200 ? coded : createHash("sha256").update(coded).digest("hex");
  return `user_${name}_top_${n}.csv`;
}

/**
 * A list as CSV with the columns `movie` and `score`, from the first place on.
 *
 * @source RFC 4180, but for the line ends: a single LF.
 */
export function predictionsCsv(list: readonly { readonly title: string; readonly score: number }[]): string {
  const rows = list.map(({ title, score }) => `${cell(title)},${score}\n`);
  return ["movie,score\n", ...rows].join("");
}

/** First line of the table that holds many lists; see {@link predictionRow}. */
export const predictionTableHead = "user_id,place,item_id,movie,score\n";

export function predictionRow(
  userId: Id,
  place: number,
  { itemId, title, score }: { readonly itemId: Id; readonly title: string; readonly score: number },
): string {
  return `${cell(String(userId))},${place},${cell(String(itemId))},${cell(title)},${score}\n`;
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
