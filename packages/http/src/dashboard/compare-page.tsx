import type { EnvironmentName } from "@tamis/core";
import type { FC } from "hono/jsx";
import type { Chart } from "../charts/chart.ts";
import { ChartFigure } from "../charts/chart-figure.tsx";
import { Ago } from "./ago.tsx";
import type { Comparison } from "./compare-runs.ts";
import { formatNumber } from "./format.ts";
import { Layout } from "./layout.tsx";
import { metricLabel } from "./metric-label.ts";

interface ComparePageProps {
  readonly comparison: Comparison;
  readonly chart: Chart | undefined;
  /** The metric of the chart; those it could be. */
  readonly metric: string | undefined;
  readonly environment: EnvironmentName;
  readonly now: Date;
}

/** Runs side by side: what differs in what was asked, then in what came out. */
export const ComparePage: FC<ComparePageProps> = ({ comparison, chart, metric, environment, now }) => {
  const { runs, metrics } = comparison;
  const query = new URLSearchParams(runs.map(({ runId }): [string, string] => ["run", runId]));
  if (metric) query.set("metric", metric);
  return (
    <Layout title={`Compare ${runs.length} runs`} path="/runs" environment={environment}>
      <div>
        <h1>Compare {runs.length} runs</h1>
        <p class="lead">
          <a href="/runs">Choose others</a>
        </p>
      </div>
      <section class="card" aria-labelledby="compared">
        <h2 id="compared">The runs</h2>
        <ol class="compared">
          {runs.map((run) => (
            <li>
              <a href={`/runs/${run.runId}`}>
                {String(run.parameters.models ?? run.name).replaceAll(",", ", ")}
              </a>{" "}
              <span class="note">
                <Ago instant={run.startedAt} now={now} />, {run.status}
              </span>
            </li>
          ))}
        </ol>
      </section>
      {chart && metric ? (
        <section class="card" aria-label="Chart of a metric">
          <form class="form chart-form" method="get" action="/runs/compare">
            {runs.map(({ runId }) => (
              <input type="hidden" name="run" value={runId} />
            ))}
            <div class="field">
              <label for="metric">Metric</label>
              <select id="metric" name="metric">
                {metrics.map(({ name }) => (
                  <option value={name} selected={name === metric}>
                    {metricLabel(name)}
                  </option>
                ))}
              </select>
            </div>
            <button type="submit">Draw</button>
          </form>
          <ChartFigure chart={chart} id="folds" href="/charts/folds" query={`?${query}`} width={1060} />
        </section>
      ) : null}
      <Metrics comparison={comparison} />
      <Parameters comparison={comparison} />
    </Layout>
  );
};

const RunColumns: FC<{ count: number; isNumber?: boolean }> = ({ count, isNumber }) => (
  <>
    {Array.from({ length: count }, (_, index) => (
      <th scope="col" class={isNumber ? "number" : undefined}>
        Run {index + 1}
      </th>
    ))}
  </>
);

const Metrics: FC<{ comparison: Comparison }> = ({ comparison: { metrics, runs } }) => (
  <section class="card" aria-labelledby="metrics">
    <h2 id="metrics">Metrics</h2>
    {metrics.length === 0 ? <p class="note">None of these runs has measured anything.</p> : null}
    <section class="scroll" aria-label="Table of metrics" tabindex={0}>
      <table>
        <caption>The best of each line in bold</caption>
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <RunColumns count={runs.length} isNumber />
          </tr>
        </thead>
        <tbody>
          {metrics.map(({ name, values, best }) => (
            <tr>
              <th scope="row">{metricLabel(name)}</th>
              {values.map((value, index) => (
                <td class="number">
                  {index === best ? <strong>{formatNumber(value, 4)}</strong> : formatNumber(value, 4)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  </section>
);

const Parameters: FC<{ comparison: Comparison }> = ({ comparison: { different, same, runs } }) => (
  <section class="card" aria-labelledby="parameters">
    <h2 id="parameters">Parameters</h2>
    {different.length === 0 ? (
      <p class="note">Their parameters are the same.</p>
    ) : (
      <section class="scroll" aria-label="Table of parameters that differ" tabindex={0}>
        <table>
          <caption>What differs</caption>
          <thead>
            <tr>
              <th scope="col">Parameter</th>
              <RunColumns count={runs.length} />
            </tr>
          </thead>
          <tbody>
            {different.map(({ name, values }) => (
              <tr>
                <th scope="row">{name.replaceAll("_", " ")}</th>
                {values.map((value) => (
                  <td class="wrap">{value ?? "—"}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    )}
    {same.length > 0 ? (
      <details>
        <summary>{same.length} that are the same</summary>
        <dl class="facts">
          {same.map(({ name, value }) => (
            <>
              <dt>{name.replaceAll("_", " ")}</dt>
              <dd>{value}</dd>
            </>
          ))}
        </dl>
      </details>
    ) : null}
  </section>
);
