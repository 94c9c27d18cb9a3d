import type { FC } from "hono/jsx";
import { formatCount, formatMilliseconds } from "./format.ts";
import type { ServiceView } from "./service-view.ts";

const milliseconds = (value: number | null) => (value === null ? "—" : formatMilliseconds(value));

/** How this process has answered since it started. */
export const ServiceSection: FC<{ service: ServiceView }> = ({ service }) => {
  const { requests, failed, latency, routes } = service;
  return (
    <section class="card" aria-labelledby="service">
      <div class="card-head">
        <h2 id="service">Service</h2>
        <p>
          <a href="/metrics">Metrics for Prometheus</a>
        </p>
      </div>
      <p class="note">Of this process since it started.</p>
      <dl class="figures">
        {[
          ["Requests", formatCount(requests)],
          ["Errors", requests === 0 ? "—" : `${((100 * failed) / requests).toFixed(2)} %`],
          ["Half within", milliseconds(latency.p50)],
          ["95 % within", milliseconds(latency.p95)],
          ["99 % within", milliseconds(latency.p99)],
        ].map(([label, value]) => (
          <div>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {routes.length === 0 ? null : (
        <section class="scroll" aria-label="Table of routes" tabindex={0}>
          <table>
            <caption>By route, the busiest first</caption>
            <thead>
              <tr>
                <th scope="col">Route</th>
                {["Requests", "Errors", "Half within", "95 % within", "99 % within"].map((title) => (
                  <th scope="col" class="number">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {routes.map((route) => (
                <tr>
                  <th scope="row">
                    <code>
                      {route.method} {route.endpoint}
                    </code>
                  </th>
                  <td class="number">{formatCount(route.requests)}</td>
                  <td class="number">{formatCount(route.failed)}</td>
                  <td class="number">{milliseconds(route.latency.p50)}</td>
                  <td class="number">{milliseconds(route.latency.p95)}</td>
                  <td class="number">{milliseconds(route.latency.p99)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
};
