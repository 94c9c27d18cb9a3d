import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { json } from "node:stream/consumers";
import pg from "pg";
import { inject } from "vitest";
import { migrate } from "../sql/migrate.ts";
import { postgresRecords } from "../sql/postgres.ts";

/** Why the tests on PostgreSQL cannot run here; `undefined` where they can. */
export function postgresAbsent(): string | undefined {
  const postgres = inject("postgres");
  return "absent" in postgres ? postgres.absent : undefined;
}

/** A database on the server of this test run; `drop` cuts who is still connected. */
export interface TemporaryDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** Makes a database, empty or with the newest schema. */
export async function temporaryDatabase(schema: "empty" | "migrated"): Promise<TemporaryDatabase> {
  const server = await serverUrl();
  const name = `test_${randomBytes(8).toString("hex")}`;
  const template = schema === "empty" ? "template0" : await migratedTemplate(server);
  await run(server, `create database ${name} template ${template}`);
  return {
    url: withDatabase(server, name),
    drop: () => run(server, `drop database ${name} with (force)`),
  };
}

async function serverUrl(): Promise<string> {
  const postgres = inject("postgres");
  if ("absent" in postgres) throw new Error(postgres.absent);
  const answer = (await json(connect(postgres.port, "127.0.0.1"))) as { url?: string; error?: string };
  if (answer.url === undefined) throw new Error(answer.error);
  return answer.url;
}

let migrated: Promise<string> | undefined;

/** One for each test file: made at its first question, copied for the others. */
function migratedTemplate(server: string): Promise<string> {
  migrated ??= (async () => {
    const name = `template_${randomBytes(8).toString("hex")}`;
    await run(server, `create database ${name} template template0`);
    const records = await postgresRecords({ url: withDatabase(server, name) });
    await migrate(records);
    await records.destroy();
    return name;
  })();
  return migrated;
}

function withDatabase(url: string, name: string): string {
  return url.replace(/[^/]*$/, name);
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
