import { setTimeout as sleep } from "node:timers/promises";
import { findPipelineRun, pipelineOutputs, type Records } from "@tamis/storage";
import { trainingEvents } from "./training-events.ts";

/** A message of an event stream, or a comment that only keeps the connection open. */
export type StreamMessage =
  | { readonly event: string; readonly data: string; readonly id?: string }
  | { readonly comment: string };

export interface StreamRunOptions {
  /** How many events the listener has already. */
  readonly seen: number;
  /** Ends the stream. */
  readonly signal: AbortSignal;
  /** How often the ledger is looked at, in milliseconds. @default 500 */
  readonly everyMs?: number;
  /** After how many milliseconds of silence a comment is sent. @default 15_000 */
  readonly heartbeatMs?: number;
}

/**
 * What happens in a run, from the ledger, so that it does not matter which process does it. Ends with the run. Progress has
 * no id: only the latest counts.
 */
export async function* streamRun(
  records: Records,
  runId: string,
  { seen, signal, everyMs = 500, heartbeatMs = 15_000 }: StreamRunOptions,
): AsyncGenerator<StreamMessage> {
  let sent = Number.isInteger(seen) && seen > 0 ? seen : 0;
  let progress = "";
  let spokeAt = Date.now();
  while (!signal.aborted) {
    const run = await findPipelineRun(records, runId);
    if (run === undefined) return;
    const messages: StreamMessage[] = [];
    const events = trainingEvents(run, run.endedAt === null ? {} : await pipelineOutputs(records, runId));
    for (const { event, data } of events.slice(sent)) {
      messages.push({ id: String(++sent), event, data: JSON.stringify(data) });
    }
    const present = JSON.stringify(run.progress);
    if (run.progress !== null && present !== progress) messages.push({ event: "progress", data: present });
    progress = present;
    if (messages.length > 0) spokeAt = Date.now();
    else if (Date.now() - spokeAt >= heartbeatMs) {
      spokeAt = Date.now();
      messages.push({ comment: "it goes on" });
    }
    yield* messages;
    if (run.endedAt !== null) return;
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
}
