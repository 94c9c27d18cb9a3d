import type { Metrics } from "./metrics.ts";

/** What the instruments have counted since the service started. */
export interface ServiceFigures {
  readonly requests: number;
  /** Answers of 400 to 499, and of 500 and above. */
  readonly refused: number;
  readonly failed: number;
  /** In milliseconds, of all requests; `null` before the first. */
  readonly latency: Readonly<Record<"p50" | "p95" | "p99", number | null>>;
}

export async function serviceFigures({ requests, durations }: Metrics): Promise<ServiceFigures> {
  const counted = await requests.get();
  const count = (wanted: (status: number) => boolean) =>
    counted.values.reduce((sum, { labels, value }) => sum + (wanted(Number(labels.status)) ? value : 0), 0);
  const buckets = bucketsOf(await durations.get());
  const quantile = (q: number) => {
    const seconds = histogramQuantile(q, buckets);
    return seconds === null ? null : Math.round(seconds * 1e6) / 1000;
  };
  return {
    requests: count(() => true),
    refused: count((status) => status >= 400 && status < 500),
    failed: count((status) => status >= 500),
    latency: { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) },
  };
}

/** So many observations at or below a bound, in the order of the bounds, the last one infinite. */
export type Buckets = readonly { readonly bound: number; readonly count: number }[];

/**
 * The quantile of a histogram, by a straight line inside the bucket it falls in; the highest bound when it falls beyond.
 *
 * @returns `null` of an empty histogram
 * @source `histogram_quantile` of Prometheus
 */
export function histogramQuantile(q: number, buckets: Buckets): number | null {
  const total = buckets.at(-1)?.count ?? 0;
  if (total === 0) return null;
  const rank = q * total;
  const place = buckets.findIndex(({ count }) => count >= rank);
  const { bound, count } = buckets[place]!;
  const before = buckets[place - 1] ?? { bound: 0, count: 0 };
  if (bound === Number.POSITIVE_INFINITY) return before.bound;
  return before.bound + ((bound - before.bound) * (rank - before.count)) / (count - before.count);
}

/** The buckets of all series of a histogram that fit, as one. */
export function bucketsOf(
  histogram: Awaited<ReturnType<Metrics["durations"]["get"]>>,
  fits: (labels: Partial<Record<string, string | number>>) => boolean = () => true,
): Buckets {
  const counts = new Map<number, number>();
  for (const { metricName, labels, value } of histogram.values) {
    if (!fits(labels)) continue;
    if (!metricName?.endsWith("_bucket")) continue;
    const { le } = labels as { readonly le?: string | number };
    const bound = le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le);
    counts.set(bound, (counts.get(bound) ?? 0) + value);
  }
  return [...counts].sort(([a], [b]) => a - b).map(([bound, count]) => ({ bound, count }));
}
