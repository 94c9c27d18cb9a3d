import { sql, type TableMetadata } from "kysely";
import { engineOf } from "./engine.ts";
import type { Records } from "./schema.ts";

/** The tables of the database, or of the schema in it that these records work in; no views. */
export async function ownTables(records: Records): Promise<TableMetadata[]> {
  const tables = (await records.introspection.getTables()).filter(({ isView }) => !isView);
  const { ownSchema } = engineOf(records);
  if (ownSchema === undefined) return tables;
  const { rows } = await sql<{ name: string }>`select ${sql.raw(ownSchema)} as name`.execute(records);
  return tables.filter(({ schema }) => schema === rows[0]?.name);
}
