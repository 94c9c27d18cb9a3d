import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** The service's own instruments, beside those of the process (memory, event loop, garbage collection). */
export interface Metrics {
  readonly registry: Registry;
  /** Requests answered, by method, route pattern and status. */
  readonly requests: Counter<"method" | "endpoint" | "status">;
  /** Seconds from request to answer, by method and route pattern. */
  readonly durations: Histogram<"method" | "endpoint">;
  /** Items recommended, by where their score came from. */
  readonly recommendations: Counter<"source">;
  /** 1 for the model that is served; no series when there is none. */
  readonly model: Gauge<"model" | "algorithm" | "version" | "snapshot">;
}

/** One set of instruments a service; nothing is shared between two services of a process. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
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
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    }),
    recommendations: new Counter({
      name: "recommendations_total",
      help: "Items recommended.",
      labelNames: ["source"],
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
