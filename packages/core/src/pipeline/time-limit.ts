import { isTamisError, TamisError } from "../errors.ts";

export interface TimeLimit {
  /** What is limited, for the message. */
  readonly what: string;
  readonly timeoutMs: number | undefined;
  /** How long the work may take to stop after its signal has fired; then it is left behind. */
  readonly graceMs: number;
  readonly signal: AbortSignal;
}

/**
 * Does `work` until it ends, its time is over, or `signal` fires. Work that succeeds although it was told to stop has
 * succeeded.
 *
 * @throws timeout when the time was over; the reason of `signal`, as `aborted` unless it is a `TamisError`
 */
export async function withTimeLimit<T>(
  limit: TimeLimit,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { what, timeoutMs, graceMs, signal } = limit;
  const controller = new AbortController();
  const timers: ReturnType<typeof setTimeout>[] = [];
  let onAbort = () => {};
  const left = new Promise<never>((_, reject) => {
    const tellToStop = (reason: TamisError) => {
      if (controller.signal.aborted) return;
      controller.abort(reason);
      timers.push(setTimeout(() => reject(reason), graceMs));
    };
    onAbort = () => tellToStop(asTamisError(signal.reason));
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort);
    if (timeoutMs !== undefined)
      timers.push(setTimeout(() => tellToStop(overtime(what, timeoutMs)), timeoutMs));
  });
  try {
    return await Promise.race([work(controller.signal), left]);
  } catch (error) {
    // Whatever work that was told to stop died of, the reason is why it was told.
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    for (const timer of timers) clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

function overtime(what: string, timeoutMs: number): TamisError {
  return new TamisError("timeout", `${what} took longer than ${timeoutMs / 1000} s and was stopped.`);
}

function asTamisError(reason: unknown): TamisError {
  if (isTamisError(reason)) return reason;
  return new TamisError("aborted", "The work was cancelled before it finished.", { cause: reason });
}
