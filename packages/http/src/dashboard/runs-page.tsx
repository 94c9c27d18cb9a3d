import type { EnvironmentName } from "@tamis/core";
import type { Run } from "@tamis/storage";
import type { FC } from "hono/jsx";
import { Ago } from "./ago.tsx";
import { isSummary } from "./compare-runs.ts";
import { EmptyState } from "./empty-state.tsx";
import { formatDuration, formatNumber } from "./format.ts";
import { Layout } from "./layout.tsx";
import { metricLabel } from "./metric-label.ts";
import { runTitle } from "./run-title.ts";
import { type RunsQuery, runsAddress } from "./runs-query.ts";

export interface RunsView {
  readonly query: RunsQuery;
  readonly runs: readonly Run[];
  readonly next: string | null;
  readonly experiments: readonly string[];
  /** Names of all metrics. */
  readonly metrics: readonly string[];
  /** Why the filter does not work, in a sentence. */
  readonly message?: string;
}

/** The most runs that can be compared. */
export const mostCompared = 10;

/** Runs as a table, filtered, sorted and paged by the database; some of them can be compared. */
export const RunsPage: FC<{ view: RunsView; environment: EnvironmentName; now: Date }> = ({
  view,
  environment,
  now,
}) => (
  <Layout title="Runs" path="/runs" environment={environment}>
    <div>
      <h1>Runs</h1>
      <p class="lead">Every training with its parameters, its figures and how it ended.</p>
    </div>
    <Filters view={view} />
    {view.message ? (
      <p class="alert" role="alert">
        {view.message}
      </p>
    ) : null}
    {view.runs.length > 0 ? (
      <RunsForm view={view} now={now} />
    ) : (
      <EmptyState
        title={view.experiments.length === 0 ? "Nothing has run yet" : "No run fits these filters"}
        text={
          view.experiments.length === 0
            ? "A training makes the first run: from the page Train, or by the command."
            : "Take a filter away, or train with other options."
        }
        commands={["tamis train"]}
      />
    )}
  </Layout>
);

const Filters: FC<{ view: RunsView }> = ({ view: { query, experiments, metrics } }) => (
  <section class="card" aria-label="Filter">
    <form class="form" method="get" action="/runs">
      <Choice
        name="status"
        label="Status"
        value={query.status}
        of={["running", "finished", "failed", "cancelled"]}
      />
      <Choice name="experiment" label="Experiment" value={query.experiment} of={experiments} />
      <Choice name="metric" label="Metric" value={query.metric} of={metrics.filter(isSummary)} />
      <Bound name="min" label="from" value={query.min} />
      <Bound name="max" label="to" value={query.max} />
      {query.sort ? <input type="hidden" name="sort" value={query.sort} /> : null}
      {query.order ? <input type="hidden" name="order" value={query.order} /> : null}
      {query.snapshot ? <input type="hidden" name="snapshot" value={query.snapshot} /> : null}
      <button type="submit">Filter</button>
      <a href="/runs">Show all</a>
    </form>
    {query.snapshot ? (
      <p class="note after-form">
        Only of snapshot <code>{query.snapshot.slice(0, 12)}</code>.{" "}
        <a href={runsAddress(query, { snapshot: undefined })}>Of all snapshots</a>
      </p>
    ) : null}
  </section>
);

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly value: string | undefined;
  readonly of: readonly string[];
}

const Choice: FC<ChoiceProps> = ({ name, label, value, of }) => (
  <div class="field">
    <label for={name}>{label}</label>
    <select id={name} name={name}>
      <option value="">any</option>
      {of.map((each) => (
        <option value={each} selected={each === value}>
          {each}
        </option>
      ))}
    </select>
  </div>
);

const Bound: FC<{ name: string; label: string; value: number | undefined }> = ({ name, label, value }) => (
  <div class="field">
    <label for={name}>
      <span class="hidden">Metric </span>
      {label}
    </label>
    <input id={name} name={name} type="number" step="any" value={value === undefined ? "" : String(value)} />
  </div>
);

const RunsForm: FC<{ view: RunsView; now: Date }> = ({ view, now }) => {
  const { query, runs, next } = view;
  const shown = shownMetrics(view);
  return (
    <section class="card" aria-labelledby="found">
      <div class="card-head">
        <h2 id="found">
          {query.after ? "The next" : ""} {runs.length} {runs.length === 1 ? "run" : "runs"}
          {next ? ", and more" : ""}
        </h2>
        <p>
          Export: <a href={runsAddress(query, {}, "/runs/export.csv")}>CSV</a>{" "}
          <a href={runsAddress(query, {}, "/runs/export.json")}>JSON</a>
        </p>
      </div>
      <form method="get" action="/runs/compare">
        <section class="scroll" aria-label="Table of runs" tabindex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">
                  <span class="hidden">Compare</span>
                </th>
                <th scope="col">Models</th>
                <th scope="col">Status</th>
                <Sortable query={query} by="started" label="Started" />
                <th scope="col" class="number">
                  Took
                </th>
                {shown.map((name) => (
                  <Sortable query={query} by={name} label={metricLabel(name)} isNumber />
                ))}
                <th scope="col">Data</th>
                <th scope="col">Outcome</th>
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <Row run={run} metrics={shown} query={query} now={now} />
              ))}
            </tbody>
          </table>
        </section>
        <div class="table-foot">
          <p>
            <button type="submit">Compare the chosen</button>{" "}
            <span class="note">two to {mostCompared} of this page</span>
          </p>
          {next ? <a href={runsAddress(query, { after: next })}>Next page</a> : null}
        </div>
      </form>
    </section>
  );
};

const Row: FC<{ run: Run; metrics: readonly string[]; query: RunsQuery; now: Date }> = ({
  run,
  metrics,
  query,
  now,
}) => {
  const title = runTitle(run);
  return (
    <tr>
      <td>
        <input
          type="checkbox"
          name="run"
          value={run.runId}
          aria-label={`Compare ${title} of ${run.startedAt.toISOString()}`}
        />
      </td>
      <th scope="row" class="models">
        <a href={`/runs/${run.runId}`}>{title}</a>
      </th>
      <td>
        <span class={`status status-${run.status}`}>{run.status}</span>
      </td>
      <td class="nowrap">
        <Ago instant={run.startedAt} now={now} />
      </td>
      <td class="number">{formatDuration(run.startedAt, run.endedAt)}</td>
      {metrics.map((name) => (
        <td class="number">{formatNumber(run.metrics[name], 4)}</td>
      ))}
      <td>
        {run.snapshot === null ? (
          "—"
        ) : (
          <a href={runsAddress(query, { snapshot: run.snapshot })} title={`Only runs of ${run.snapshot}`}>
            <code>{run.snapshot.slice(0, 8)}</code>
          </a>
        )}
      </td>
      <td class="outcome">{run.message ?? "—"}</td>
    </tr>
  );
};

const Sortable: FC<{ query: RunsQuery; by: string; label: string; isNumber?: boolean }> = ({
  query,
  by,
  label,
  isNumber,
}) => {
  const isSorted = (query.sort ?? "started") === by;
  const present = isSorted ? (query.order ?? "descending") : undefined;
  const order = present === "descending" ? "ascending" : "descending";
  return (
    <th scope="col" class={isNumber ? "number" : undefined} aria-sort={present ?? "none"}>
      <a class="sort" href={runsAddress(query, { sort: by, order })}>
        {label}
        <span aria-hidden="true">{present === undefined ? "" : present === "ascending" ? " ↑" : " ↓"}</span>
      </a>
    </th>
  );
};

/** The figures a run is judged by, and the one that is asked about. */
function shownMetrics({ query, metrics }: RunsView): string[] {
  const wanted = ["best_rmse", "best_ndcg", query.metric, query.sort === "started" ? undefined : query.sort];
  return [...new Set(wanted)].filter((name) => name !== undefined && metrics.includes(name)) as string[];
}
