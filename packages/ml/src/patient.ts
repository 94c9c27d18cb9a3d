import { isTamisError, isTemporary, type RetryPolicy } from "@tamis/core";

/** How a step waits for its turn: another import or training at work will have ended some time. */
export const patient: Partial<RetryPolicy> = {
  attempts: 6,
  baseMs: 5_000,
  capMs: 60_000,
  retryable: (error) => isTemporary(error) || (isTamisError(error) && error.code === "conflict"),
};
