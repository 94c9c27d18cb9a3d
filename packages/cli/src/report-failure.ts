import { styleText } from "node:util";
import { isTamisError } from "@tamis/core";
import { hasColours, type OutputStream } from "./output.ts";

/**
 * Says on stderr what went wrong: one line `error: message`; with `json` also one line of JSON
 * `{"error":{"code","message","details"}}`; with `debug` also the stack and the causes. stdout stays empty.
 */
export function reportFailure(
  error: unknown,
  stderr: OutputStream,
  options: { json: boolean; debug: boolean },
): void {
  const message = error instanceof Error ? error.message : String(error);
  const label = hasColours(stderr) ? styleText("red", "error:", { validateStream: false }) : "error:";
  stderr.write(`${label} ${message}\n`);
  if (!isTamisError(error) && !options.debug) {
    stderr.write("This was not foreseen; the same command with --log-level debug shows where it happened.\n");
  }
  if (options.debug) {
    for (let each: unknown = error; each instanceof Error; each = each.cause) stderr.write(`${each.stack}\n`);
  }
  if (options.json) {
    const { code, details } = isTamisError(error) ? error : { code: "internal", details: {} };
    stderr.write(`${JSON.stringify({ error: { code, message, details } })}\n`);
  }
}
