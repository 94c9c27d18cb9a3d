import { type OnProgress, type Progress, throwIfAborted } from "@tamis/core";

/** Longest time, in milliseconds, that a computation keeps the event loop to itself. */
const longestTurn = 50;

/** Lets a long computation be watched, be cancelled, and leave room for other work. */
export interface Pace {
  /** Call it after each part, and wait for what it returns, if anything. @throws aborted */
  step(done: number): Promise<void> | undefined;
}

/** @param work - what {@link Progress} says of it: its name, how many parts it has and what they are */
export function createPace(
  work: Omit<Progress, "done">,
  context: { signal?: AbortSignal | undefined; onProgress?: OnProgress | undefined } = {},
): Pace {
  throwIfAborted(context.signal);
  let turnStart = performance.now();
  return {
    step(done) {
      throwIfAborted(context.signal);
      if (done < (work.total ?? Number.POSITIVE_INFINITY) && performance.now() - turnStart < longestTurn)
        return undefined;
      context.onProgress?.({ ...work, done });
      return new Promise((resolve) => {
        setImmediate(() => {
          turnStart = performance.now();
          resolve();
        });
      });
    },
  };
}
