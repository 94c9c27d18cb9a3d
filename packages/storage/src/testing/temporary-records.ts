import { join } from "node:path";
import { onTestFinished } from "vitest";
import { migrate } from "../sql/migrate.ts";
import type { Records } from "../sql/schema.ts";
import { sqliteRecords } from "../sql/sqlite.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Migrated records of this test alone, closed and gone when it ends. */
export async function temporaryRecords(): Promise<Records> {
  const records = await sqliteRecords({ path: join(await temporaryFolder(), "tamis.db") });
  onTestFinished(() => records.destroy());
  await migrate(records);
  return records;
}
