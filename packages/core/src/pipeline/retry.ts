import { isTamisError, throwIfAborted } from "../errors.ts";
import { sleep as realSleep, type Sleep } from "./sleep.ts";

/** How often and how patiently something is tried again. */
export interface RetryPolicy {
  /** Tries in all, the first one included. @default 4 */
  readonly attempts: number;
  /** Upper bound of the first wait, in ms; it doubles with each failure. @default 1000 */
  readonly baseMs: number;
  /** Upper bound of every wait, in ms; only a server that asks for more is given more. @default 1_800_000 */
  readonly capMs: number;
  /** Whether this failure may pass by itself. @default {@link isTemporary} */
  readonly retryable: (error: unknown) => boolean;
}

export interface RetryOptions extends Partial<RetryPolicy> {
  readonly sleep?: Sleep | undefined;
  /** A number in [0, 1). @default Math.random */
  readonly random?: (() => number) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told before each wait. */
  readonly onRetry?: (failure: {
    readonly error: unknown;
    readonly attempt: number;
    readonly delayMs: number;
  }) => void;
}

export const defaultRetry: RetryPolicy = {
  attempts: 4,
  baseMs: 1000,
  capMs: 1_800_000,
  retryable: isTemporary,
};

/**
 * Does `work`, again after a wait while it fails in a way that may pass.
 *
 * The wait after failure `n` (1, 2, …) is `random() · min(cap, base · 2^(n−1))`, "full jitter"; when the error's
 * details hold `retryAfterSeconds`, it is at least that.
 *
 * @param work - receives the number of the try, from 1.
 * @throws the last error, or the first that is not retryable; aborted when the signal fires
 * @source Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 *
 * @example
 * await retry(() => fetchPage(url), { attempts: 5, signal });
 */
export async function retry<T>(
  work: (attempt: number) => Promise<T>,
  options: RetryOptions = {},
): Promise<T> {
  const { sleep = realSleep, random = Math.random, signal, onRetry, ...given } = options;
  const policy = { ...defaultRetry, ...given };
  for (let attempt = 1; ; attempt++) {
    throwIfAborted(signal);
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt >= policy.attempts || signal?.aborted || !policy.retryable(error)) throw error;
      const delayMs = waitAfter(error, attempt, policy, random);
      onRetry?.({ error, attempt, delayMs });
      await sleep(delayMs, signal);
    }
  }
}

/** True for `unavailable` and `timeout`: what may go better later. */
export function isTemporary(error: unknown): boolean {
  return isTamisError(error) && (error.code === "unavailable" || error.code === "timeout");
}

function waitAfter(
  error: unknown,
  attempt: number,
  { baseMs, capMs }: RetryPolicy,
  random: () => number,
): number {
  const asked = isTamisError(error) ? error.details.retryAfterSeconds : undefined;
  const least = typeof asked === "number" && asked > 0 ? asked * 1000 : 0;
  return Math.max(least, random() * Math.min(capMs, baseMs * 2 ** (attempt - 1)));
}
