import type { EnvironmentName } from "@tamis/core";
import type { Run, StoredArtifact } from "@tamis/storage";
import type { FC } from "hono/jsx";
import type { Chart } from "../charts/chart.ts";
import { ChartFigure } from "../charts/chart-figure.tsx";
import { isSummary } from "./compare-runs.ts";
import { formatBytes, formatDuration, formatInstant, formatNumber } from "./format.ts";
import { Layout } from "./layout.tsx";
import { metricLabel } from "./metric-label.ts";
import { runTitle } from "./run-title.ts";

export interface RunView {
  readonly run: Run;
  readonly artifacts: readonly StoredArtifact[];
  /** Its algorithms side by side, when it measured more than one. */
  readonly chart: Chart | undefined;
  /** The end of its log; only for those who may read logs. */
  readonly log: string | undefined;
  /** Whether its files may be taken away. */
  readonly mayReadFiles: boolean;
}

/** One run: how it ended, what it measured, what it was asked for, what it left behind. */
export const RunPage: FC<{ view: RunView; environment: EnvironmentName }> = ({ view, environment }) => {
  const { run, chart, log } = view;
  const title = runTitle(run);
  const figures = Object.entries(run.metrics)
    .filter(([name]) => isSummary(name))
    .sort(([a], [b]) => a.localeCompare(b));
  const timings = figures.filter(([name]) => name.endsWith("_seconds"));
  return (
    <Layout title={`Run of ${title}`} path="/runs" environment={environment}>
      <div>
        <p class="note">
          <a href="/runs">Runs</a> / {run.experiment}
        </p>
        <h1>{title}</h1>
        <p class="lead">
          <span class={`status status-${run.status}`}>{run.status}</span> {run.message ?? ""}
        </p>
      </div>
      <div class="columns columns-top">
        <div class="stack">
          {chart ? (
            <section class="card" aria-label="Chart of the algorithms">
              <ChartFigure
                chart={chart}
                id="algorithms"
                href="/charts/algorithms"
                query={`?run=${run.runId}`}
              />
            </section>
          ) : null}
          <section class="card" aria-labelledby="metrics">
            <h2 id="metrics">Metrics</h2>
            <FigureTable
              figures={figures.filter((figure) => !timings.includes(figure))}
              of="Metric"
              isRunning={run.status === "running"}
            />
          </section>
          {timings.length > 0 ? (
            <section class="card" aria-labelledby="timings">
              <h2 id="timings">Timings</h2>
              <FigureTable figures={timings} of="Seconds" isRunning={false} />
            </section>
          ) : null}
        </div>
        <div class="stack">
          <Facts run={run} />
          <Artifacts view={view} />
        </div>
      </div>
      {log === undefined ? null : (
        <section class="card" aria-labelledby="log">
          <h2 id="log">Log</h2>
          <pre class="log" tabindex={0}>
            {log}
          </pre>
        </section>
      )}
    </Layout>
  );
};

interface FigureTableProps {
  readonly figures: readonly (readonly [name: string, value: number])[];
  readonly of: string;
  readonly isRunning: boolean;
}

const FigureTable: FC<FigureTableProps> = ({ figures, of, isRunning }) =>
  figures.length === 0 ? (
    <p class="note">It has measured nothing{isRunning ? " yet" : ""}.</p>
  ) : (
    <table>
      <thead>
        <tr>
          <th scope="col">{of}</th>
          <th scope="col" class="number">
            Value
          </th>
        </tr>
      </thead>
      <tbody>
        {figures.map(([name, value]) => (
          <tr>
            <th scope="row">{metricLabel(name.replace(/_seconds$/, ""))}</th>
            <td class="number">{formatNumber(value, name.endsWith("_seconds") ? 2 : 4)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );

const Facts: FC<{ run: Run }> = ({ run }) => (
  <section class="card" aria-labelledby="facts">
    <h2 id="facts">What was asked</h2>
    <dl class="facts">
      <dt>Run</dt>
      <dd>
        <code>{run.runId}</code>
      </dd>
      <dt>Started</dt>
      <dd>{formatInstant(run.startedAt)}</dd>
      <dt>Took</dt>
      <dd>{formatDuration(run.startedAt, run.endedAt)}</dd>
      {run.snapshot ? (
        <>
          <dt>Data</dt>
          <dd>
            <a href={`/runs?snapshot=${run.snapshot}`} title="All runs of this snapshot">
              <code>{run.snapshot.slice(0, 12)}</code>
            </a>
          </dd>
        </>
      ) : null}
      {Object.entries(run.parameters).map(([name, value]) => (
        <>
          <dt>{name.replaceAll("_", " ")}</dt>
          <dd>{String(value)}</dd>
        </>
      ))}
      <dt>Code</dt>
      <dd>{run.codeVersion ?? "—"}</dd>
      {Object.entries(run.host ?? {}).map(([name, value]) => (
        <>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </>
      ))}
    </dl>
  </section>
);

const Artifacts: FC<{ view: RunView }> = ({ view: { run, artifacts, mayReadFiles } }) => (
  <section class="card" aria-labelledby="artifacts">
    <h2 id="artifacts">Files</h2>
    {artifacts.length === 0 ? (
      <p class="note">It left no file.</p>
    ) : (
      <ul class="plain-list">
        {artifacts.map(({ path, bytes, sha256 }) => (
          <li>
            {mayReadFiles ? (
              <a
                href={`/runs/${run.runId}/files/${path.split("/").map(encodeURIComponent).join("/")}`}
                title={`SHA-256 ${sha256}`}
              >
                {path}
              </a>
            ) : (
              path
            )}{" "}
            <span class="note">{formatBytes(bytes)}</span>
          </li>
        ))}
      </ul>
    )}
  </section>
);
