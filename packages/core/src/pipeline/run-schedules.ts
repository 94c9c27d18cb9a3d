import type { JobQueue } from "../ports/job-queue.ts";
import type { Interval } from "./interval.ts";
import { dueIntervals, type Schedule } from "./schedule.ts";
import { sleep as realSleep, type Sleep } from "./sleep.ts";

export interface SchedulerOptions {
  readonly queue: JobQueue;
  /** The clock: best that of the records, which every scheduler shares. @default the clock of this machine */
  readonly now?: () => Date | Promise<Date>;
  readonly sleep?: Sleep;
  /** Ends the scheduler. */
  readonly signal: AbortSignal;
  /** Told when the queue could not be asked; the next look tries again. */
  readonly onError?: (error: unknown) => void;
}

/** A look at least so often: a clock that was set, or a machine that slept, is noticed. */
const longestWaitMs = 30_000;

/**
 * Adds the runs of all schedules to the queue as they fall due, until the signal fires. Any number of schedulers may
 * run at once: an interval is in the queue once.
 */
export async function runSchedules(schedules: readonly Schedule[], options: SchedulerOptions): Promise<void> {
  const { queue, now = () => new Date(), sleep = realSleep, signal, onError } = options;
  while (!signal.aborted) {
    let waitMs = longestWaitMs;
    try {
      const at = await now();
      for (const schedule of schedules) {
        await enqueueDue(schedule, { queue, now: at });
        const next = schedule.nextRun(at);
        if (next !== null) waitMs = Math.min(waitMs, next.getTime() - at.getTime());
      }
    } catch (error) {
      onError?.(error);
    }
    await sleep(waitMs, signal).catch(() => {}); // the signal: the loop ends
  }
}

/**
 * Adds the intervals of one schedule that are due at `now`: one look of a scheduler, for those who have another clock
 * to be woken by.
 *
 * @returns the intervals that were due; those already in the queue stay as they are.
 */
export async function enqueueDue(
  schedule: Schedule,
  { queue, now }: { readonly queue: JobQueue; readonly now: Date },
): Promise<Interval[]> {
  const { pipeline, config = {} } = schedule;
  const last = await queue.lastInterval(pipeline, config);
  const due = dueIntervals(schedule, now, last?.end);
  for (const interval of due) await queue.enqueue({ pipeline, interval, config });
  return due;
}
