import type { Metrics } from "../metrics.ts";
import type { Services } from "../services.ts";
import type { Serving } from "../serving.ts";

/** What the pages read from. */
export interface Dashboard {
  readonly services: Services;
  readonly serving: Serving;
  readonly metrics: Metrics;
  readonly now: () => Date;
}
