import { isTamisError, type TamisError } from "@tamis/core";

const codes: ReadonlySet<string> = new Set([
  "unavailable",
  "timeout",
  "aborted",
  "unauthenticated",
  "forbidden",
  "configuration",
]);

/** True for a failure that says nothing of what was sent: the server is away, or lets us in no more. */
export function isServerFailure(error: unknown): error is TamisError {
  return isTamisError(error) && codes.has(error.code);
}
