import { setImmediate as nextTurn } from "node:timers/promises";
import type { Records } from "./schema.ts";

/** Rows of a page: some milliseconds on SQLite. */
const pageLength = 5000;

export interface IdWithRatings {
  readonly id: string;
  /** Without synthetic ones. */
  readonly ratings: number;
}

/** Every user or item in the order of the ids, page by page, so that the event loop turns in between. */
export async function* idPages(
  records: Records,
  table: "users" | "items",
): AsyncGenerator<readonly IdWithRatings[]> {
  for (let after = ""; ; ) {
    const page = await records
      .selectFrom(table)
      .select(["id", "ratings"])
      .where("id", ">", after)
      .orderBy("id")
      .limit(pageLength)
      .execute();
    if (page.length > 0) yield page;
    if (page.length < pageLength) return;
    after = page.at(-1)!.id;
    await nextTurn();
  }
}
