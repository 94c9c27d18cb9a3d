import { sql } from "kysely";
import { engineOf } from "./engine.ts";
import type { Records } from "./schema.ts";

/** The present instant by the clock of the database: one clock for every process that shares these records. */
export async function databaseClock(records: Records): Promise<Date> {
  const { rows } = await sql<{ at: Date | string }>`select ${sql.raw(engineOf(records).clock)} as at`.execute(
    records,
  );
  return new Date(rows[0]!.at);
}
