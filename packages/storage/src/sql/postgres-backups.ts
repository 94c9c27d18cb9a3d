import { type ChildProcess, spawn } from "node:child_process";
import { pipeline } from "node:stream/promises";
import { type ErrorCode, TamisError, throwIfAborted } from "@tamis/core";
import { sql } from "kysely";
import { countRows } from "./count-rows.ts";
import type { BackupWork, EngineBackups, TableRows } from "./engine.ts";
import { ownTables } from "./own-tables.ts";
import type { Records } from "./schema.ts";

type Environment = Readonly<Record<string, string>>;

/** pg_dump of the schema of the records at one moment, in its custom format, and pg_restore in one transaction. */
export function postgresBackups(environment: () => Environment): EngineBackups {
  return {
    engine: "postgres",
    file: "records.dump",
    write: (records, path, work) =>
      records
        .transaction()
        .setIsolationLevel("repeatable read")
        .execute(async (transaction) => {
          await sql`set local statement_timeout = 0`.execute(transaction);
          const { rows } = await sql<{ schema: string; moment: string }>`
            select current_schema() as schema, pg_export_snapshot() as moment`.execute(transaction);
          const { schema, moment } = rows[0]!;
          work.onProgress?.({ phase: "dumping", done: 0, unit: "files" });
          const flags = ["--format=custom", "--no-owner", "--no-privileges", `--file=${path}`];
          const what = [`--schema=${quoted(schema)}`, `--snapshot=${moment}`];
          await finished(start("pg_dump", [...flags, ...what], environment(), work));
          return await countRows(transaction);
        }),
    async read(records, path, rows, work) {
      const { schema, drops } = await present(records);
      work.onProgress?.({ phase: "restoring", done: 0, unit: "files" });
      const flags = ["--no-owner", "--no-privileges", `--schema=${schema}`, "--file=-", path];
      const script = start("pg_restore", flags, environment(), work);
      const [first, last] = [drops, check(schema, rows)].map((statement) => ["--command", statement]);
      const transaction = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"];
      const limits = {
        PGOPTIONS: "-c statement_timeout=0 -c lock_timeout=60s -c client_min_messages=warning",
      };
      const commands = [...transaction, ...first!, "--file", "-", ...last!];
      const run = start("psql", commands, { ...environment(), ...limits }, work);
      // A script that breaks off must not be taken for a whole one: psql is ended before it reads the end.
      const fed = pipeline(script.child.stdout!, run.child.stdin!, { end: false }).catch(() => {});
      const written = Promise.all([finished(script), fed]).then(
        () => void run.child.stdin!.end(),
        (error) => {
          run.child.kill("SIGKILL");
          throw error;
        },
      );
      const [ran, wrote] = await Promise.allSettled([finished(run), written]);
      // When psql gave up, the other one was only cut off.
      if (ran.status === "rejected" && (run.child.exitCode !== null || wrote.status === "fulfilled"))
        throw ran.reason;
      if (wrote.status === "rejected") throw wrote.reason;
      await sql`analyze`.execute(records);
    },
  };
}

/** The schema of the records, and a statement that drops every table in it. */
async function present(records: Records): Promise<{ schema: string; drops: string }> {
  const { rows } = await sql<{ schema: string }>`select current_schema() as schema`.execute(records);
  const schema = rows[0]!.schema;
  const tables = (await ownTables(records)).map(({ name }) => `${quoted(schema)}.${quoted(name)}`);
  return { schema, drops: tables.length === 0 ? "select 1" : `drop table ${tables.join(", ")} cascade` };
}

/** A statement that fails, and with it the transaction, unless each table has its rows. */
function check(schema: string, rows: TableRows): string {
  const each = Object.entries(rows).map(
    ([name, expected]) => `
      select count(*) into found from ${quoted(schema)}.${quoted(name)};
      if found <> ${expected} then raise exception '${name}: % rows instead of ${expected}', found; end if;`,
  );
  return `do $check$ declare found bigint; begin ${each.join("")} end $check$`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

interface Started {
  readonly program: string;
  readonly child: ChildProcess;
  readonly signal: AbortSignal | undefined;
  /** Resolves when it has ended, with the error when it could not be started. */
  readonly ended: Promise<NodeJS.ErrnoException | undefined>;
  /** The end of what it said on stderr. */
  said(): string;
}

function start(program: string, flags: readonly string[], env: Environment, { signal }: BackupWork): Started {
  throwIfAborted(signal);
  const child = spawn(program, flags, {
    env: { ...process.env, LC_ALL: "C", ...env },
    stdio: ["pipe", "pipe", "pipe"],
    ...(signal && { signal }),
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-2000);
  });
  child.stdin.on("error", () => {}); // its end is told by its exit code
  const ended = new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    child.once("close", () => resolve(undefined));
    child.once("error", resolve);
  });
  return { program, child, signal, ended, said: () => said };
}

/** @throws configuration when it is not installed or too old for the server; else by what it said */
async function finished({ child, program, signal, ended, said: allSaid }: Started): Promise<void> {
  const error = await ended;
  throwIfAborted(signal);
  if (error?.code === "ENOENT") throw missing(program, error);
  if (child.exitCode === 0) return;
  const said = allSaid().trim().split("\n").slice(0, 3).join(" ");
  const code = codes.find(([words]) => words.test(said))?.[1] ?? "database";
  throw new TamisError(code, `${program} failed and nothing was changed: ${said}`, { details: { program } });
}

const codes: readonly (readonly [words: RegExp, code: ErrorCode])[] = [
  [/version mismatch/, "configuration"],
  [/rows instead of|valid archive|could not read|end of file|corrupt/, "corrupt_data"],
  [/lock timeout|connection to server/, "unavailable"],
];

function missing(program: string, cause: Error): TamisError {
  return new TamisError(
    "configuration",
    `Backups of PostgreSQL need ${program}. Install it with: apt-get install postgresql-client (Debian, Ubuntu), dnf install postgresql (Fedora), brew install libpq (macOS)`,
    { cause, details: { program } },
  );
}
