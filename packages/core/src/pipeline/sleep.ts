import { throwIfAborted } from "../errors.ts";

/** Waits; rejects with `aborted` as soon as the signal fires. */
export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

/** The longest that a timer of JavaScript can wait (2^31 − 1 ms, 24.8 days); a longer one would fire at once. */
const longestTimer = 2_147_483_647;

/** {@link Sleep} by the timers of the platform. */
export const sleep: Sleep = (milliseconds, signal) =>
  new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      settle();
    };
    const onAbort = () =>
      end(() => {
        try {
          throwIfAborted(signal);
        } catch (error) {
          reject(error);
        }
      });
    const timer = setTimeout(() => end(resolve), Math.min(Math.max(milliseconds, 0), longestTimer));
    if (signal?.aborted) onAbort();
    else signal?.addEventListener("abort", onAbort);
  });
