import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type NewRun, type RunStatus, TamisError } from "@tamis/core";
import { fileSystemError, hasCode } from "../objects/file-system-error.ts";

/** Something that was said of a run, with the time (ms since 1970) that MLflow is told, now or later. */
export type RunEntry = { readonly at: number } & (
  | { readonly call: "start"; readonly run: NewRun }
  | {
      readonly call: "log_parameters";
      readonly parameters: Readonly<Record<string, string | number | boolean>>;
    }
  | {
      readonly call: "log_metrics";
      readonly metrics: Readonly<Record<string, number>>;
      readonly step: number;
    }
  | { readonly call: "log_artifact"; readonly path: string; readonly base64: string }
  | {
      readonly call: "finish";
      readonly status: Exclude<RunStatus, "running">;
      readonly message?: string | undefined;
    }
);

/** What became of an entry: MLflow has it, or refused it for this reason. `runId` is MLflow's, of a `start`. */
export interface Settlement {
  readonly settled: number;
  readonly runId?: string;
  readonly refused?: string;
}

export interface SpooledRun {
  readonly entries: readonly RunEntry[];
  /** By position in `entries`. */
  readonly settlements: ReadonlyMap<number, Settlement>;
}

/**
 * What was said of runs and MLflow does not have yet: a folder with one file of JSON lines a run, entries and what became
 * of them.
 *
 * A line is appended in one write and flushed to the disk; one that a power cut left torn is passed over. Several
 * processes may append to one file.
 */
export interface Spool {
  append(runId: string, line: RunEntry | Settlement): Promise<void>;
  read(runId: string): Promise<SpooledRun>;
  /** Runs that have a file, in the order of their ids: those of `runTracker` sort by time. */
  list(): Promise<string[]>;
  remove(runId: string): Promise<void>;
  /** Renames the file to `RUN.refused.jsonl`, for a person to look at; answers its path. */
  setAside(runId: string): Promise<string>;
}

const suffix = ".jsonl";
const asideSuffix = ".refused.jsonl";

/** Opens the spool in a folder, which is made with the first entry. */
export function openSpool(folder: string): Spool {
  const fileOf = (runId: string, ending = suffix) => join(folder, `${encodeURIComponent(runId)}${ending}`);
  return {
    async append(runId, line) {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await appendLine(fileOf(runId), JSON.stringify(line));
      } catch (error) {
        throw fileSystemError(error, folder);
      }
    },
    async read(runId) {
      const text = await readFile(fileOf(runId), "utf8").catch((error) => {
        throw hasCode(error, "ENOENT") ? new TamisError("not_found", `No spool of run ${runId}.`) : error;
      });
      return spooledRun(text);
    },
    async list() {
      const names = await readdir(folder).catch((error): string[] => {
        if (hasCode(error, "ENOENT")) return [];
        throw fileSystemError(error, folder);
      });
      return names
        .filter((name) => name.endsWith(suffix) && !name.endsWith(asideSuffix))
        .map((name) => decodeURIComponent(name.slice(0, -suffix.length)))
        .sort();
    },
    remove: (runId) => rm(fileOf(runId), { force: true }),
    async setAside(runId) {
      const path = fileOf(runId, asideSuffix);
      await rename(fileOf(runId), path);
      return path;
    },
  };
}

/** With a line break before it, where what was written last has none: it was torn. */
async function appendLine(path: string, line: string): Promise<void> {
  const file = await open(path, "a+", 0o600);
  try {
    const { size } = await file.stat();
    const last = Buffer.alloc(1, "\n");
    if (size > 0) await file.read(last, 0, 1, size - 1);
    await file.appendFile(`${last.toString() === "\n" ? "" : "\n"}${line}\n`);
    await file.sync();
    if (size === 0) await syncFolder(join(path, ".."));
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function spooledRun(text: string): SpooledRun {
  const entries: RunEntry[] = [];
  const settlements = new Map<number, Settlement>();
  for (const line of text.split("\n")) {
    const parsed = parse(line);
    if (parsed === undefined) continue;
    if ("settled" in parsed) settlements.set(parsed.settled, parsed);
    else entries.push(parsed);
  }
  return { entries, settlements };
}

/** `undefined` for a torn line: it is the beginning of one, so it is no JSON. */
function parse(line: string): RunEntry | Settlement | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
