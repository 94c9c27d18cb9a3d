import { type NewRun, TamisError } from "@tamis/core";
import type { Run } from "../sql/runs.ts";
import { isServerFailure } from "./is-server-failure.ts";
import type { RunWriter } from "./run-writer.ts";
import type { RunEntry, Spool } from "./spool.ts";

/** Looks a run up where the truth is: it has the beginning or the end that a spool may lack. */
export type FindRun = (runId: string) => Promise<Run | undefined>;

export interface Replayed {
  /** Entries that MLflow took. */
  readonly sent: number;
  /** Entries that are still to be sent. */
  readonly waiting: number;
  /** Files of runs of which MLflow refused something, with the first reason. */
  readonly setAside: readonly { readonly file: string; readonly reason: string }[];
  /** Why it stopped, when MLflow cannot be reached or lets us in no more. */
  readonly failure?: TamisError;
}

/**
 * Sends what a spool holds, run by run in their order. Whatever happens in between, a further replay leaves MLflow as one
 * replay would. An entry that MLflow refuses is kept with the reason and not sent again; a run that has ended with such
 * entries is set aside, one without is removed.
 *
 * @throws what the spool throws; a server that is away is told in `failure`
 */
export async function replaySpool(spool: Spool, writer: RunWriter, findRun: FindRun): Promise<Replayed> {
  let sent = 0;
  const setAside: { file: string; reason: string }[] = [];
  for (const id of await spool.list()) {
    try {
      sent += await sendRun(spool, writer, id, findRun);
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      return { sent: sent + error.sent, setAside, waiting: await countWaiting(spool), failure: error.why };
    }
    const { entries, settlements } = await spool.read(id);
    const isOver = entries.at(-1)?.call === "finish" && settlements.size === entries.length;
    if (!isOver) continue;
    const reason = [...settlements.values()].find(({ refused }) => refused !== undefined)?.refused;
    if (reason === undefined) await spool.remove(id);
    else setAside.push({ file: await spool.setAside(id), reason });
  }
  return { sent, setAside, waiting: await countWaiting(spool) };
}

/** The server, not the entry, is what failed. */
class Stopped extends Error {
  readonly why: TamisError;
  readonly sent: number;

  constructor(why: TamisError, sent: number) {
    super(why.message);
    this.why = why;
    this.sent = sent;
  }
}

/**
 * Reads the file anew after each round: whoever does the run may have appended meanwhile.
 *
 * @returns how many entries were sent
 */
async function sendRun(spool: Spool, writer: RunWriter, id: string, findRun: FindRun): Promise<number> {
  let runId: string | undefined;
  let sent = 0;
  for (;;) {
    const { entries, settlements } = await spool.read(id);
    runId ??= settlements.get(0)?.runId;
    const waiting = [...entries.entries()].filter(([position]) => !settlements.has(position));
    for (const [position, entry] of waiting) {
      const refused = await reasonOfRefusal(sent, async () => {
        if (entry.call !== "start") runId ??= await reopen(writer, id, findRun);
        runId = await writeEntry(writer, id, runId, entry);
      });
      if (refused === undefined) sent++;
      const opened = position === 0 && runId !== undefined && { runId };
      await spool.append(id, { settled: position, ...opened, ...(refused !== undefined && { refused }) });
    }
    if (waiting.length > 0) continue;
    const end = entries.at(-1)?.call === "finish" ? undefined : await endOf(id, findRun);
    if (end === undefined) return sent;
    await spool.append(id, end);
  }
}

/** MLflow's id of a run whose beginning is not in the spool: it was sent before, or was never written. */
async function reopen(writer: RunWriter, id: string, findRun: FindRun): Promise<string> {
  const run = await findRun(id);
  if (run === undefined) throw new TamisError("not_found", `The beginning of the run ${id} is not known.`);
  return await writer.start(id, newRunOf(run), run.startedAt);
}

/** What a run was started with. */
export function newRunOf({ experiment, name, snapshot, seed, tags }: Run): NewRun {
  return {
    ...{ experiment, name, tags },
    ...(snapshot !== null && { snapshot }),
    ...(seed !== null && { seed }),
  };
}

/** The end of a run whose process died before it could write it. */
async function endOf(id: string, findRun: FindRun): Promise<RunEntry | undefined> {
  const { status = "running", message, endedAt } = (await findRun(id)) ?? {};
  if (status === "running") return undefined;
  const at = (endedAt ?? new Date()).getTime();
  return { at, call: "finish", status, ...(message && { message }) };
}

async function writeEntry(
  writer: RunWriter,
  id: string,
  runId: string | undefined,
  entry: RunEntry,
): Promise<string> {
  const at = new Date(entry.at);
  if (entry.call === "start") return await writer.start(id, entry.run, at);
  const run = runId!;
  if (entry.call === "log_parameters") await writer.logParameters(run, entry.parameters);
  else if (entry.call === "log_metrics") await writer.logMetrics(run, entry.metrics, entry.step, at);
  else if (entry.call === "log_artifact") {
    await writer.logArtifact(run, { path: entry.path, bytes: Buffer.from(entry.base64, "base64") });
  } else await writer.finish(run, entry.status, entry.message, at);
  return run;
}

/** Why MLflow will never take an entry; `undefined` when it did. */
async function reasonOfRefusal(sent: number, write: () => Promise<void>): Promise<string | undefined> {
  try {
    await write();
    return undefined;
  } catch (error) {
    if (isServerFailure(error)) throw new Stopped(error, sent);
    return error instanceof Error ? error.message : String(error);
  }
}

async function countWaiting(spool: Spool): Promise<number> {
  let waiting = 0;
  for (const id of await spool.list()) {
    const { entries, settlements } = await spool.read(id);
    waiting += entries.length - settlements.size;
  }
  return waiting;
}
