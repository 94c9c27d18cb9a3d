import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** The service's own instruments, beside those of the process (memory, event loop, garbage collection). */
export interface Metrics {
  readonly registry: Registry;
  /** Requests answered, by method, route pattern and status. */
  readonly requests: Counter<"method" | "endpoint" | "status">;
  /** Seconds from request to answer, by method and route pattern. */
  readonly durations: Histogram<"method" | "endpoint">;
  /** Items recommended, by where their score came from; `recommendation_fallback_total` follows from it. */
  readonly recommendations: Counter<"source">;
  /** 1 for the model that is served; no series when there is none. */
  readonly model: Gauge<"model" | "algorithm" | "version" | "snapshot">;
}

/** Where the score of a recommended item comes from; the last three are what is fallen back on without a model. */
const sources = ["model", "fold_in", "genre", "popularity", "newest"] as const;
const fallbacks: ReadonlySet<string> = new Set(sources.slice(2));

/**
 * Seconds; the first two tell the answers that come from memory apart.
 *
 * @source OpenTelemetry, semantic conventions for HTTP metrics, `http.server.request.duration`
 */
const requestBuckets = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/** Gauges of prom-client that are called `_total`, as only counters may be. */
const misnamed = ["handles", "requests", "resources"].map((what) => `nodejs_active_${what}_total`);

/** One set of instruments a service; nothing is shared between two services of a process. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  for (const name of misnamed) registry.removeSingleMetric(name);
  const recommendations = new Counter({
    name: "recommendations_total",
    help: "Items recommended.",
    labelNames: ["source"],
    registers,
  });
  for (const source of sources) recommendations.inc({ source }, 0);
  new Counter({
    name: "recommendation_fallback_total",
    help: "Items recommended without a model, by what was fallen back on.",
    labelNames: ["reason"],
    registers,
    async collect() {
      this.reset();
      for (const { labels, value } of (await recommendations.get()).values) {
        if (fallbacks.has(String(labels.source))) this.inc({ reason: String(labels.source) }, value);
      }
    },
  });
  return {
    registry,
    recommendations,
    requests: new Counter({
      name: "api_requests_total",
      help: "Requests answered.",
      labelNames: ["method", "endpoint", "status"],
      registers,
    }),
    durations: new Histogram({
      name: "api_request_duration_seconds",
      help: "Seconds from request to answer.",
      labelNames: ["method", "endpoint"],
      buckets: requestBuckets,
      registers,
    }),
    model: new Gauge({
      name: "model_info",
      help: "1 for the model that is served.",
      labelNames: ["model", "algorithm", "version", "snapshot"],
      registers,
    }),
  };
}
