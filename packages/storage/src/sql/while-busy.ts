import { setTimeout as sleep } from "node:timers/promises";
import { isBusy } from "./driver-errors.ts";

/** How long a statement waits for somebody else who is writing. */
const longestWait = 5000; // ms

/**
 * Runs a statement, again and again while SQLite says that somebody else is writing, for at most 5 s.
 *
 * SQLite could wait by itself, but it would stop the event loop, and with it a writer of this very process.
 */
export async function whileBusy<T>(statement: () => T): Promise<T> {
  const since = performance.now();
  for (let pause = 1; ; pause = Math.min(2 * pause, 50)) {
    try {
      return statement();
    } catch (error) {
      if (!isBusy(error) || performance.now() - since > longestWait) throw error;
      await sleep(pause);
    }
  }
}
