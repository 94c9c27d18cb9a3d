import type { Interval } from "./interval.ts";

/**
 * News of a pipeline for people: `failed` once at the beginning of an incident, `recovered` at its end, `finished`
 * for every other run that finished. Nothing in it is secret.
 */
export interface Alert {
  readonly kind: "failed" | "recovered" | "finished";
  readonly pipeline: string;
  readonly runId: string;
  readonly interval: Interval;
  /** The same for `failed` and the `recovered` that ends it; null when there is no incident. */
  readonly incidentId: string | null;
  /** One sentence: what happened. */
  readonly message: string;
}

/** Passes an alert on. What it throws is told as an event and never fails the run. */
export type AlertHook = (alert: Alert) => Promise<void>;
