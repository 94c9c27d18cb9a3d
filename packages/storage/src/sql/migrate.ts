import { TamisError } from "@tamis/core";
import { commentTables } from "./comment-tables.ts";
import { engineOf } from "./engine.ts";
import { whenFree } from "./lock.ts";
import { initial } from "./migrations/0001-initial.ts";
import { pipelines } from "./migrations/0002-pipelines.ts";
import { otherFeedback } from "./migrations/0003-other-feedback.ts";
import { tagsOfItems } from "./migrations/0004-tags-of-items.ts";
import { production } from "./migrations/0005-production.ts";
import type { Migration } from "./migrations/migration.ts";
import { ownTables } from "./own-tables.ts";
import type { Records } from "./schema.ts";
import { tableBuilders } from "./table-builders.ts";
import { writeBackup } from "./write-backup.ts";
import { shortTransaction, takeTurn } from "./write-transaction.ts";

/** Every step, in order. */
export const migrations: readonly Migration[] = [initial, pipelines, otherFeedback, tagsOfItems, production];

export interface MigrateOptions {
  readonly now?: () => Date;
  /** @default every step this version knows */
  readonly steps?: readonly Migration[];
}

/** What {@link migrate} did: versions (0: nothing there yet) and the backups it took, oldest first. */
export interface MigrationResult {
  readonly from: number;
  readonly to: number;
  readonly backups: readonly string[];
}

/**
 * Brings the schema of the records to the newest version. New tables are made in one transaction; older ones are
 * brought forward step by step, each in a transaction of its own, and on SQLite each after a backup beside the
 * database, which `restore` takes. Two processes at once: one does it, the other waits, however long, and then has
 * nothing to do.
 *
 * @throws unsupported when the schema is newer than this program knows
 * @throws configuration when the database holds the tables of another program
 */
export async function migrate(records: Records, options: MigrateOptions = {}): Promise<MigrationResult> {
  const { now = () => new Date(), steps = migrations } = options;
  const newest = steps.at(-1)?.version ?? 0;
  const present = await schemaVersion(records);
  checkVersion(present, newest);
  if (present === newest) return { from: present, to: newest, backups: [] };
  const forward = async (): Promise<MigrationResult> => {
    const backups: string[] = [];
    let from = newest;
    for (;;) {
      const done = await stepForward(records, steps, now);
      if (done === undefined) return { from, to: newest, backups };
      from = Math.min(from, done.from);
      if (done.backup !== null) backups.push(done.backup);
    }
  };
  return present === 0 ? await forward() : await whenFree(records, "migrate", forward);
}

interface StepForward {
  readonly from: number;
  readonly backup: string | null;
}

/** The next step, or every step where there is no table yet; undefined when there is none left. */
function stepForward(
  records: Records,
  steps: readonly Migration[],
  now: () => Date,
): Promise<StepForward | undefined> {
  const newest = steps.at(-1)?.version ?? 0;
  return shortTransaction(records, async (transaction) => {
    await engineOf(transaction).beginLongWork?.(transaction);
    await takeTurn(transaction, "migrate");
    const from = await schemaVersion(transaction);
    checkVersion(from, newest);
    if (from === newest) return undefined;
    const backup = from > 0 ? await takeBackup(records, from, now()) : null;
    if (from === 0) await createVersionTable(transaction);
    const due = from === 0 ? steps : steps.filter(({ version }) => version === from + 1);
    for (const step of due) {
      await step.up(transaction);
      const row = { version: step.version, name: step.name, applied_at: now() };
      await transaction.insertInto("schema_version").values(row).execute();
    }
    await commentTables(transaction);
    return { from, backup };
  });
}

/**
 * The steps that {@link migrate} would do now.
 *
 * @throws as it does
 */
export async function pendingMigrations(records: Records): Promise<Migration[]> {
  const present = await schemaVersion(records);
  checkVersion(present, migrations.at(-1)?.version ?? 0);
  return migrations.filter(({ version }) => version > present);
}

/** The version of the schema as it is stored; 0 for an empty database. */
export async function schemaVersion(records: Records): Promise<number> {
  const tables = await ownTables(records);
  if (tables.some(({ name }) => name === "schema_version")) {
    const newest = await records
      .selectFrom("schema_version")
      .select((row) => row.fn.max("version").as("version"))
      .executeTakeFirst();
    return Number(newest?.version ?? 0);
  }
  if (tables.length === 0) return 0;
  throw new TamisError(
    "configuration",
    `The records database holds tables of another program (${tables[0]?.name}…). Name another one with --records.`,
  );
}

function checkVersion(present: number, newest: number): void {
  if (present <= newest) return;
  throw new TamisError(
    "unsupported",
    `The records have schema version ${present}; this version of Tamis knows up to ${newest}. Update Tamis (npm install @tamis/cli@latest), or restore a backup of version ${newest} (tamis restore … --force); on SQLite it lies beside the database.`,
    { details: { stored: present, known: newest } },
  );
}

/** SQLite's is read by a connection of its own, so it holds the state before this transaction. */
async function takeBackup(records: Records, version: number, at: Date): Promise<string | null> {
  const path = engineOf(records).pathOfBackup?.(
    `schema-${version}.${at.toISOString().replace(/[-:.]/g, "")}`,
  );
  if (path === undefined) return null;
  await writeBackup(records, path, { version, at });
  return path;
}

async function createVersionTable(records: Records): Promise<void> {
  const { schema, types } = tableBuilders(records);
  await schema
    .createTable("schema_version")
    .addColumn("version", "integer", (column) => column.primaryKey())
    .addColumn("name", types.text, (column) => column.notNull())
    .addColumn("applied_at", types.instant, (column) => column.notNull())
    .execute();
}
