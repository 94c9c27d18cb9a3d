import { parseInstant } from "@tamis/core";
import { mlflowUrl } from "./mlflow-flag.ts";

const text = (input: string) => input;

/** Flags that several commands of pipelines share. */
export const pipelineFlags = {
  module: {
    kind: "parsed",
    parse: text,
    optional: true,
    placeholder: "FILE",
    brief: "JavaScript module whose default export is your pipelines",
  },
  alertWebhookFile: {
    kind: "parsed",
    parse: text,
    optional: true,
    placeholder: "FILE",
    brief: "File with the URL that alerts are posted to",
  },
  mlflowUrl,
} as const;

/**
 * Parser of a flag that takes an instant: `2026-11-20`, `2026-11-20T07:00Z`; UTC unless it names a zone.
 *
 * @throws Error saying what is expected, for the line that names the flag
 */
export function instant(input: string): Date {
  const seconds = /^\d{4}-/.test(input) ? parseInstant(input) : undefined;
  if (seconds === undefined || seconds === null) {
    throw new Error("expected a date or an instant, e.g. 2026-11-20 or 2026-11-20T07:00Z.");
  }
  return new Date(seconds * 1000);
}
