import { TamisError } from "../errors.ts";
import type { Interval } from "./interval.ts";
import type { PipelineConfig } from "./pipeline.ts";

/** The first instant after `after` at which a schedule fires, null when there is none any more. */
export type NextRun = (after: Date) => Date | null;

/**
 * What becomes of intervals whose end went by without a run, because no scheduler was up:
 *
 * - `none`: they are left out; an interval is due for one minute after its end;
 * - `latest`: the latest one is run late;
 * - `all`: each is run, oldest first.
 *
 * "Missed" is counted from the last interval that has a run. Before the first run nothing is missed, unless the
 * schedule is `all` and has a `startAt`.
 */
export type CatchUp = "none" | "latest" | "all";

/** When a pipeline runs. Each run is about the interval between two firings, and starts at the second one. */
export interface Schedule {
  readonly pipeline: string;
  /** @default {} */
  readonly config?: PipelineConfig;
  readonly nextRun: NextRun;
  /** @default "latest" */
  readonly catchUp?: CatchUp;
  /** With `all`: what ended before it is not made up for. */
  readonly startAt?: Date;
}

/** Longer than the longest wait of a scheduler. */
const punctualMs = 60_000;

/**
 * The intervals to run at `now`, oldest first.
 *
 * @param last - end of the last interval that has a run.
 */
export function dueIntervals(
  { nextRun, catchUp = "latest", startAt }: Schedule,
  now: Date,
  last?: Date | undefined,
): Interval[] {
  const punctual = new Date(now.getTime() - punctualMs);
  if (catchUp === "latest") {
    const latest = latestInterval(nextRun, now);
    return latest !== undefined && latest.end > (last ?? punctual) ? [latest] : [];
  }
  if (catchUp === "all") return intervalsBetween(nextRun, { after: last ?? startAt ?? punctual, until: now });
  return intervalsBetween(nextRun, { after: last && last > punctual ? last : punctual, until: now });
}

/** At most so many intervals at once; the next look takes the next ones. */
const mostIntervals = 1000;

/**
 * The intervals of a schedule that end in (after, until], oldest first, at most 1000.
 *
 * @example
 * intervalsBetween(daily, { after: new Date("2026-01-01"), until: new Date("2026-01-03") }).length; // 2
 */
export function intervalsBetween(
  nextRun: NextRun,
  { after, until }: { after: Date; until: Date },
): Interval[] {
  const intervals: Interval[] = [];
  let end = nextRun(after);
  let start = end && previousRun(nextRun, end);
  while (end !== null && end <= until && intervals.length < mostIntervals) {
    if (start !== null) intervals.push({ start, end });
    start = end;
    end = nextRun(end);
  }
  return intervals;
}

/** The interval of a schedule with the latest end that is not after `until`. */
export function latestInterval(nextRun: NextRun, until: Date): Interval | undefined {
  const end = previousRun(nextRun, new Date(until.getTime() + 1));
  const start = end && previousRun(nextRun, end);
  return end && start ? { start, end } : undefined;
}

/** Two leap days may lie eight years apart. */
const longestGapMs = 9 * 366 * 86_400_000;

/** The last firing before an instant: looked for in a window that doubles until something fires in it. */
function previousRun(nextRun: NextRun, before: Date): Date | null {
  for (let window = 60_000; window <= 2 * longestGapMs; window *= 2) {
    let found = nextRun(new Date(before.getTime() - window));
    if (found === null || found >= before) continue;
    for (let next = nextRun(found); next !== null && next < before; next = nextRun(next)) {
      if (next <= found) throw new TamisError("invalid_input", "The schedule does not move forwards.");
      found = next;
    }
    return found;
  }
  return null;
}
