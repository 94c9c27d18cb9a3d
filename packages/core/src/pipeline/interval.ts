import { TamisError } from "../errors.ts";

/** The span of time that a run is about: from `start` (included) to `end` (excluded). */
export interface Interval {
  readonly start: Date;
  readonly end: Date;
}

/** @throws invalid_input unless both ends are instants and `start` comes before `end` */
export function checkInterval({ start, end }: Interval): void {
  for (const [name, instant] of Object.entries({ start, end })) {
    if (Number.isNaN(instant.getTime())) {
      throw new TamisError("invalid_input", `The ${name} of the interval is not an instant.`);
    }
  }
  if (start < end) return;
  throw new TamisError(
    "invalid_input",
    `The interval starts at ${start.toISOString()} and ends at ${end.toISOString()}; its start must come first.`,
  );
}
