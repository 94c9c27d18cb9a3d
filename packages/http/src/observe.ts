import type { Log } from "@tamis/core";
import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import type { Metrics } from "./metrics.ts";
import type { AppEnv } from "./services.ts";

/** A request id of a caller is kept when it looks like one. */
const saneRequestId = /^[\w.:=-]{1,128}$/;

/** Routes that machines ask every few seconds: logged at `debug`. */
const quietRoutes = new Set(["/livez", "/readyz", "/health", "/api/health", "/metrics"]);

/**
 * Gives each request an id (its own `X-Request-Id` when that is sane), answers with it, logs one line and counts
 * it. The log line has method, route, path, status and milliseconds; never a query, a body or a header.
 */
export function observe(tools: {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly newId: () => string;
}): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    const given = context.req.header("X-Request-Id") ?? "";
    const requestId = saneRequestId.test(given) ? given : tools.newId();
    context.set("requestId", requestId);
    context.header("X-Request-Id", requestId);
    const started = performance.now();
    await next();
    const seconds = (performance.now() - started) / 1000;
    const { method, path } = context.req;
    const { status } = context.res;
    const endpoint = endpointOf(routePath(context, -1));
    tools.metrics.requests.inc({ method, endpoint, status });
    tools.metrics.durations.observe({ method, endpoint }, seconds);
    const write = quietRoutes.has(endpoint) && status < 500 ? tools.log.debug : tools.log.info;
    write("request", {
      requestId,
      method,
      endpoint,
      path,
      status,
      milliseconds: Math.round(seconds * 1e6) / 1000,
    });
  };
}

/** Bounded by the number of routes: what only middleware matched is `unmatched`. */
function endpointOf(pattern: string): string {
  return pattern === "/*" || pattern === "*" || pattern === "" ? "unmatched" : pattern;
}
