import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { json } from "node:stream/consumers";
import pg from "pg";
import { inject, onTestFinished } from "vitest";

/** Why the tests on PostgreSQL cannot run here; `undefined` where they can. */
export function postgresAbsent(): string | undefined {
  const postgres = inject("postgres");
  return "absent" in postgres ? postgres.absent : undefined;
}

/** URL of an empty database of this test alone, on the server of this test run. */
export async function postgresDatabase(): Promise<string> {
  const postgres = inject("postgres");
  if ("absent" in postgres) throw new Error(postgres.absent);
  const { url, error } = (await json(connect(postgres.door))) as { url?: string; error?: string };
  if (url === undefined) throw new Error(error);
  const name = `cli_${randomBytes(8).toString("hex")}`;
  await run(url, `create database ${name} template template0`);
  onTestFinished(() => run(url, `drop database ${name} with (force)`));
  return url.replace(/[^/]*$/, name);
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
