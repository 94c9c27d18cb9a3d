import { TamisError } from "@tamis/core";
import { commentTables } from "./comment-tables.ts";
import { engineOf } from "./engine.ts";
import { initial } from "./migrations/0001-initial.ts";
import { pipelines } from "./migrations/0002-pipelines.ts";
import { tagsOfItems } from "./migrations/0003-tags-of-items.ts";
import { ownTables } from "./own-tables.ts";
import type { Records } from "./schema.ts";
import { tableBuilders } from "./table-builders.ts";
import { shortTransaction, takeTurn } from "./write-transaction.ts";

/** One step forward. There are no steps back: the backup taken before it is the way back. */
export interface Migration {
  /** 1, 2, 3… without gaps. */
  readonly version: number;
  readonly name: string;
  up(transaction: Records): Promise<void>;
}

/** Every step, in order. */
export const migrations: readonly Migration[] = [initial, pipelines, tagsOfItems];

export interface MigrateOptions {
  readonly now?: () => Date;
  /** @default every step this version knows */
  readonly steps?: readonly Migration[];
}

/** What {@link migrate} did: versions (0: nothing there yet) and the backup it took, if any. */
export interface MigrationResult {
  readonly from: number;
  readonly to: number;
  readonly backup: string | null;
}

/**
 * Brings the schema of the records to the newest version, in one transaction. Two processes at once: one does
 * it, the other waits and then has nothing to do. An older schema is copied first, to a file beside the database.
 *
 * @throws unsupported when the schema is newer than this program knows
 * @throws configuration when the database holds the tables of another program
 */
export async function migrate(records: Records, options: MigrateOptions = {}): Promise<MigrationResult> {
  const { now = () => new Date(), steps = migrations } = options;
  const newest = steps.at(-1)?.version ?? 0;
  const present = await schemaVersion(records);
  checkVersion(present, newest);
  if (present === newest) return { from: present, to: newest, backup: null };
  return await shortTransaction(records, async (transaction) => {
    await engineOf(transaction).beginLongWork?.(transaction);
    await takeTurn(transaction, "migrate");
    const from = await schemaVersion(transaction);
    checkVersion(from, newest);
    const backup = from > 0 && from < newest ? await takeBackup(records, from, now()) : null;
    if (from === 0) await createVersionTable(transaction);
    for (const step of steps.filter(({ version }) => version > from)) {
      await step.up(transaction);
      const row = { version: step.version, name: step.name, applied_at: now() };
      await transaction.insertInto("schema_version").values(row).execute();
    }
    await commentTables(transaction);
    return { from, to: newest, backup };
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
    `The records have schema version ${present}; this version of Tamis knows up to ${newest}. Update Tamis (npm install @tamis/cli@latest), or restore a backup of version ${newest}; on SQLite it lies beside the database.`,
    { details: { stored: present, known: newest } },
  );
}

/** On SQLite the backup reads from its own connection, so it holds the state before this transaction. */
async function takeBackup(records: Records, version: number, at: Date): Promise<string | null> {
  const instant = at.toISOString().replace(/[-:]|\.\d+/g, "");
  return (await engineOf(records).backup?.(`schema-${version}.${instant}`)) ?? null;
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
