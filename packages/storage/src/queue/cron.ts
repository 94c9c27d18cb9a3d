import { type NextRun, TamisError } from "@tamis/core";
import { Cron } from "croner";

export interface CronOptions {
  /** An IANA name: `Europe/Paris`. @default "UTC" */
  readonly timeZone?: string;
}

/**
 * When a cron expression fires: minute, hour, day of the month, month, day of the week; a field of seconds may come
 * first. In a zone with summer time, an hour that is skipped fires right after the gap, one that comes twice fires once.
 *
 * @throws invalid_input for an expression or zone that is not understood, or an expression that never fires
 *
 * @example
 * const daily = cron("0 7 * * *", { timeZone: "Europe/Paris" });
 * daily(new Date("2026-03-28T12:00:00Z"))?.toISOString(); // "2026-03-29T05:00:00.000Z", in summer time
 */
export function cron(expression: string, { timeZone = "UTC" }: CronOptions = {}): NextRun {
  const nextRun = parse(expression, timeZone);
  if (nextRun(new Date(0)) === null) {
    throw new TamisError("invalid_input", `The schedule “${expression}” never fires.`);
  }
  return nextRun;
}

function parse(expression: string, timeZone: string): NextRun {
  try {
    Intl.DateTimeFormat("en", { timeZone });
  } catch (error) {
    throw new TamisError(
      "invalid_input",
      `The time zone “${timeZone}” is not known; give an IANA name such as UTC or Europe/Paris.`,
      { cause: error },
    );
  }
  const fields = expression.trim().split(/\s+/).length;
  try {
    // Croner also takes a date, which is no schedule.
    if (fields !== 5 && fields !== 6) throw new TypeError(`it has ${fields} fields`);
    const pattern = new Cron(expression, { timezone: timeZone });
    return (after) => pattern.nextRun(after);
  } catch (error) {
    throw new TamisError(
      "invalid_input",
      `The schedule “${expression}” is not a cron expression (minute, hour, day of the month, month, day of the week).`,
      { cause: error },
    );
  }
}
