import { bulkInsert } from "./bulk-insert.ts";
import { chunks } from "./chunks.ts";
import type { Records } from "./schema.ts";

/** The row ids of names in a table of names; names that are new are added. */
export async function nameIds(
  records: Records,
  table: "genres" | "tags",
  names: Iterable<string>,
): Promise<Map<string, number>> {
  const ids = new Map<string, number>();
  for (const chunk of chunks(names, 1000)) {
    await bulkInsert(records, { into: table, columns: ["name"], onConflict: "(name) do nothing" })(chunk);
    const rows = await records.selectFrom(table).selectAll().where("name", "in", chunk).execute();
    for (const { id, name } of rows) ids.set(name, id);
  }
  return ids;
}
