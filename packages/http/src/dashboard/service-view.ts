import type { Metrics } from "../metrics.ts";
import { bucketsOf, histogramQuantile, type ServiceFigures, serviceFigures } from "../service-figures.ts";

/** What this process has answered since it started, in all and by route. */
export interface ServiceView extends ServiceFigures {
  /** The busiest first. */
  readonly routes: readonly RouteFigures[];
}

interface RouteFigures {
  readonly method: string;
  readonly endpoint: string;
  readonly requests: number;
  /** Answers of status 500 and above. */
  readonly failed: number;
  /** In milliseconds; `null` before the first answer. */
  readonly latency: ServiceFigures["latency"];
}

export async function readService(metrics: Metrics): Promise<ServiceView> {
  const { values } = await metrics.requests.get();
  const durations = await metrics.durations.get();
  const keys = new Map(values.map(({ labels }) => [`${labels.method} ${labels.endpoint}`, labels]));
  const routes = [...keys.values()].map(({ method, endpoint }) => {
    const isOwn = (labels: Partial<Record<string, string | number>>) =>
      labels.method === method && labels.endpoint === endpoint;
    const own = values.filter(({ labels }) => isOwn(labels));
    const buckets = bucketsOf(durations, isOwn);
    const quantile = (share: number) => {
      const seconds = histogramQuantile(share, buckets);
      return seconds === null ? null : seconds * 1000;
    };
    return {
      method: String(method),
      endpoint: String(endpoint),
      requests: sum(own),
      failed: sum(own.filter(({ labels }) => Number(labels.status) >= 500)),
      latency: { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) },
    };
  });
  return { ...(await serviceFigures(metrics)), routes: routes.sort((a, b) => b.requests - a.requests) };
}

function sum(values: readonly { readonly value: number }[]): number {
  return values.reduce((total, { value }) => total + value, 0);
}
