import { engineOf } from "./engine.ts";
import { ownTables } from "./own-tables.ts";
import type { Records } from "./schema.ts";
import { schemaComments } from "./schema-comments.ts";

/** Keeps what each table and column means in the database itself, where the engine can. */
export async function commentTables(records: Records): Promise<void> {
  const { commentOn } = engineOf(records);
  if (commentOn === undefined) return;
  const words: Readonly<
    Record<string, { readonly holds: string; readonly columns: Readonly<Record<string, string>> }>
  > = schemaComments;
  for (const { name, columns } of await ownTables(records)) {
    const table = words[name];
    if (table === undefined) continue;
    await commentOn("table", name, table.holds).execute(records);
    for (const column of columns) {
      const text = table.columns[column.name];
      if (text !== undefined) await commentOn("column", `${name}.${column.name}`, text).execute(records);
    }
  }
}
