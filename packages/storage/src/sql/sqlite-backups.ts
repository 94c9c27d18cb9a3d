import { setTimeout as sleep } from "node:timers/promises";
import { TamisError, throwIfAborted } from "@tamis/core";
import type { Database } from "better-sqlite3";
import { differingRows } from "./count-rows.ts";
import { sqliteError } from "./driver-errors.ts";
import type { BackupWork, EngineBackups, TableRows } from "./engine.ts";

type Open = (file: string, options: { readonly: boolean }) => Database;

/** 8 MB: quick enough for others in this process to take their turn between two. */
const pagesAtOnce = 2048;
/** How long a restore waits for somebody else who is writing. */
const longestWait = 5000; // ms

/** SQLite's online backup, there and back: pages are copied from one moment's state while others read and write. */
export function sqliteBackups(open: Open, path: string): EngineBackups {
  return {
    engine: "sqlite",
    file: "records.db",
    async write(_records, target, work) {
      await using(open, path, { readonly: true }, async (source) => {
        // An open read transaction: without it, each write of others would start the copy anew.
        source.exec("begin");
        source.prepare("select count(*) from sqlite_schema").get();
        await copyPages(source, target, work);
      });
      return await using(open, target, { readonly: false }, async (copy) => {
        copy.pragma("journal_mode = DELETE"); // one file, with no other beside it
        return checked(copy, target);
      });
    },
    async read(_records, file, rows, work) {
      await using(open, file, { readonly: true }, async (source) => {
        const differs = differingRows(rows, checked(source, file));
        if (differs) throw damaged(file, differs);
        const since = performance.now();
        while (!(await copyPages(source, path, work))) {
          throwIfAborted(work.signal);
          if (performance.now() - since > longestWait) throw busy(path);
          await sleep(50);
        }
      });
      await using(open, path, { readonly: true }, async (target) => {
        const differs = differingRows(rows, checked(target, path));
        if (differs) throw damaged(path, differs);
      });
    },
  };
}

async function using<T>(
  open: Open,
  file: string,
  options: { readonly: boolean },
  work: (database: Database) => Promise<T>,
): Promise<T> {
  let database: Database | undefined;
  try {
    database = open(file, options);
    return await work(database);
  } catch (error) {
    throw sqliteError(error, file);
  } finally {
    database?.close();
  }
}

/** False when nothing was copied, because somebody else was writing to the target. */
async function copyPages(
  source: Database,
  target: string,
  { signal, onProgress }: BackupWork,
): Promise<boolean> {
  let begun = false;
  await source.backup(target, {
    progress({ totalPages, remainingPages }) {
      begun = true;
      throwIfAborted(signal);
      onProgress?.({ phase: "copying", done: totalPages - remainingPages, total: totalPages, unit: "pages" });
      return pagesAtOnce;
    },
  });
  return begun;
}

/** The rows by table of a database that is sound. */
function checked(database: Database, file: string): TableRows {
  const [found] = database.pragma("quick_check(1)", { simple: false }) as { quick_check: string }[];
  if (found?.quick_check !== "ok") throw damaged(file, found?.quick_check ?? "no answer");
  const names = database
    .prepare<[], string>(
      "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name",
    )
    .pluck()
    .all();
  const count = (name: string) =>
    database.prepare<[], number>(`select count(*) from "${name}"`).pluck().get() ?? 0;
  return Object.fromEntries(names.map((name) => [name, count(name)]));
}

function damaged(file: string, what: string): TamisError {
  return new TamisError("corrupt_data", `${file} is damaged (${what}).`, { details: { file } });
}

function busy(path: string): TamisError {
  return new TamisError(
    "unavailable",
    `${path} is busy: something else is writing to it; try again in a moment.`,
  );
}
