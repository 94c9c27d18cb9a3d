import { TamisError, throwIfAborted } from "@tamis/core";

/** Ends the wait for a slow source when the signal fires, and tells the source. */
export async function* abortable<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T> {
  if (signal === undefined) return yield* source;
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      throwIfAborted(signal);
      const { done, value } = await unlessAborted(iterator.next(), signal);
      if (done) return;
      yield value;
    }
  } finally {
    // Not awaited: a source that is stuck in a wait of its own does not answer.
    Promise.resolve(iterator.return?.()).catch(() => {});
  }
}

/**
 * The promise, but only until the signal fires. What it stands for goes on.
 *
 * @throws aborted
 */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () =>
      reject(
        new TamisError("aborted", "The work was cancelled before it finished.", { cause: signal.reason }),
      );
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
