import { join } from "node:path";
import { describe, onTestFinished } from "vitest";
import { migrate } from "../sql/migrate.ts";
import { postgresRecords } from "../sql/postgres.ts";
import type { Records } from "../sql/schema.ts";
import { sqliteRecords } from "../sql/sqlite.ts";
import { postgresAbsent, temporaryDatabase } from "./temporary-database.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Migrated records of this test alone, closed and gone when it ends. */
export async function temporaryRecords(): Promise<Records> {
  const records = await sqliteRecords({ path: join(await temporaryFolder(), "tamis.db") });
  onTestFinished(() => records.destroy());
  await migrate(records);
  return records;
}

/** The same on PostgreSQL. */
export async function temporaryPostgres(): Promise<Records> {
  const { url, drop } = await temporaryDatabase("migrated");
  const records = await postgresRecords({ url });
  onTestFinished(async () => {
    await records.destroy();
    await drop();
  });
  return records;
}

/** Declares a suite once for each engine; without a PostgreSQL server its half is skipped, with the reason. */
export function onEveryEngine(suite: (temporaryRecords: () => Promise<Records>) => void): void {
  describe("on SQLite", () => suite(temporaryRecords));
  describe.skipIf(postgresAbsent())(`on PostgreSQL ${postgresAbsent() ?? ""}`, () =>
    suite(temporaryPostgres),
  );
}
