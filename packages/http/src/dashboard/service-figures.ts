import type { Metrics } from "../metrics.ts";

/** What this process has answered since it started. */
export interface ServiceFigures {
  readonly requests: number;
  /** Answers of status 500 and above. */
  readonly errors: number;
  /** Seconds; `null` before the first request. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly routes: readonly RouteFigures[];
}

export interface RouteFigures {
  readonly endpoint: string;
  readonly method: string;
  readonly requests: number;
  readonly errors: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/**
 * Reads the figures of the service from its own instruments. A percentile is found in the buckets of the histogram,
 * linearly within one, as Prometheus' `histogram_quantile` does.
 */
export async function readServiceFigures({ requests, durations }: Metrics): Promise<ServiceFigures> {
  const counts = (await requests.get()).values;
  const samples = (await durations.get()).values as readonly Sample[];
  const keys = new Map(counts.map(({ labels }) => [`${labels.method} ${labels.endpoint}`, labels]));
  const routes = [...keys].map(([, { method, endpoint }]) => {
    const own = counts.filter(({ labels }) => labels.method === method && labels.endpoint === endpoint);
    const buckets = bucketsOf(
      samples.filter(({ labels }) => labels.method === method && labels.endpoint === endpoint),
    );
    return {
      method: String(method),
      endpoint: String(endpoint),
      requests: sum(own),
      errors: sum(own.filter(({ labels }) => Number(labels.status) >= 500)),
      ...percentiles(buckets),
    };
  });
  return {
    requests: sum(counts),
    errors: sum(counts.filter(({ labels }) => Number(labels.status) >= 500)),
    ...percentiles(bucketsOf(samples)),
    routes: routes.sort((a, b) => b.requests - a.requests),
  };
}

interface Sample {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number | undefined>>;
  readonly value: number;
}

interface Bucket {
  readonly upTo: number;
  /** Requests that took at most so long. */
  readonly count: number;
}

/** The cumulative buckets of several series, as one. */
function bucketsOf(samples: readonly Sample[]): Bucket[] {
  const totals = new Map<number, number>();
  for (const { metricName, labels, value } of samples) {
    if (!metricName?.endsWith("_bucket")) continue;
    const upTo = labels.le === "+Inf" ? Number.POSITIVE_INFINITY : Number(labels.le);
    totals.set(upTo, (totals.get(upTo) ?? 0) + value);
  }
  return [...totals].map(([upTo, count]) => ({ upTo, count })).sort((a, b) => a.upTo - b.upTo);
}

function percentiles(buckets: readonly Bucket[]) {
  return { p50: quantile(buckets, 0.5), p95: quantile(buckets, 0.95), p99: quantile(buckets, 0.99) };
}

/** @source https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile */
export function quantile(buckets: readonly Bucket[], share: number): number | null {
  const total = buckets.at(-1)?.count ?? 0;
  if (total === 0) return null;
  const rank = share * total;
  const place = buckets.findIndex(({ count }) => count >= rank);
  const { upTo, count } = buckets[place]!;
  const below = buckets[place - 1] ?? { upTo: 0, count: 0 };
  if (upTo === Number.POSITIVE_INFINITY) return below.upTo;
  return below.upTo + ((upTo - below.upTo) * (rank - below.count)) / (count - below.count);
}

function sum(values: readonly { readonly value: number }[]): number {
  return values.reduce((total, { value }) => total + value, 0);
}
