import { isTamisError } from "../errors.ts";
import { redactText } from "../log.ts";
import type { Failure } from "../ports/run-ledger.ts";

/** An error as it is stored and shown: its code and message, without the passwords of URLs, cut at 1000 characters. */
export function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: isTamisError(error) ? error.code : "internal",
    message: redactText(message).slice(0, 1000),
  };
}
