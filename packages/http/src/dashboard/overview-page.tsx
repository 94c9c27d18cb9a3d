import type { EnvironmentName } from "@tamis/core";
import type { FC } from "hono/jsx";
import { ChartFigure } from "../charts/chart-figure.tsx";
import { Ago } from "./ago.tsx";
import { EmptyState } from "./empty-state.tsx";
import { formatCount } from "./format.ts";
import { JobsTable } from "./jobs-table.tsx";
import { Layout } from "./layout.tsx";
import { ModelCard } from "./model-card.tsx";
import type { DataSummary, Overview } from "./overview.ts";
import { OverviewTiles } from "./overview-tiles.tsx";
import { ratingChart } from "./rating-chart.ts";
import { RunsTable } from "./runs-table.tsx";
import { ServiceState } from "./service-state.tsx";
import { Unreadable } from "./unreadable.tsx";

interface OverviewPageProps {
  readonly overview: Overview;
  readonly environment: EnvironmentName;
  readonly now: Date;
}

/** Is it healthy, what changed, what should be done: state, counts, models, distribution, quality, last work. */
export const OverviewPage: FC<OverviewPageProps> = ({ overview, environment, now }) => {
  const { data, models, distribution, runs, jobs, readiness, service } = overview;
  const { snapshot } = data.value ?? {};
  const counts = distribution.value ?? [];
  return (
    <Layout title="Overview" path="/" environment={environment}>
      <div class="heading">
        <div>
          <h1>Overview</h1>
          <p class="lead">
            {data.value ? <Freshness data={data.value} now={now} /> : "The data cannot be read now."}
          </p>
        </div>
        <ServiceState readiness={readiness} />
      </div>
      <Advice overview={overview} />
      {data.value === undefined ? (
        <Unreadable what="The data" />
      ) : snapshot || data.value.stats.ratings > 0 ? (
        <OverviewTiles data={data.value} service={service} />
      ) : (
        <EmptyState
          title="Start with some ratings"
          text="Import a MovieLens folder or any file of ratings, or generate a demo data set."
          commands={["tamis import movielens PATH", "tamis import ratings FILE", "tamis demo"]}
        />
      )}
      <div class={counts.length > 0 ? "columns columns-top" : undefined}>
        {counts.length > 0 ? (
          <div class="stack">
            <section class="card" aria-label="Distribution of ratings">
              <ChartFigure
                chart={ratingChart(counts)}
                id="ratings"
                href="/charts/ratings"
                query={`?snapshot=${snapshot?.digest}`}
              />
            </section>
            {data.value?.lastImport ? <Quality data={data.value} now={now} /> : null}
          </div>
        ) : null}
        <Models models={models} snapshot={snapshot?.digest} now={now} />
      </div>
      <section class="card" aria-labelledby="runs">
        <div class="card-head">
          <h2 id="runs">Last runs</h2>
          <a href="/runs">All runs</a>
        </div>
        {runs.value ? <RunsTable runs={runs.value} now={now} /> : <Unreadable what="The runs" />}
      </section>
      {jobs.value && jobs.value.length > 0 ? (
        <section class="card" aria-labelledby="jobs">
          <h2 id="jobs">Last jobs</h2>
          <JobsTable jobs={jobs.value} now={now} />
        </section>
      ) : null}
    </Layout>
  );
};

const Freshness: FC<{ data: DataSummary; now: Date }> = ({ data: { snapshot }, now }) =>
  snapshot ? (
    <>
      Data of <Ago instant={snapshot.createdAt} now={now} />, snapshot{" "}
      <code title={snapshot.digest}>{snapshot.digest.slice(0, 12)}</code>.
    </>
  ) : (
    <>No data has been imported yet.</>
  );

/** What the reader should do now, if anything. */
const Advice: FC<{ overview: Overview }> = ({ overview: { data, models } }) => {
  const snapshot = data.value?.snapshot;
  const champion = models.value?.champion;
  if (!snapshot || !champion || champion.snapshot === snapshot.digest) return null;
  return (
    <p class="notice">
      The champion was trained on older data than the current snapshot. <a href="/train">Train again</a>
    </p>
  );
};

const Models: FC<{ models: Overview["models"]; snapshot: string | undefined; now: Date }> = ({
  models,
  snapshot,
  now,
}) => {
  if (models.value === undefined) return <Unreadable what="The models" />;
  const { champion, ranker } = models.value;
  if (!champion && !ranker) {
    return (
      <EmptyState
        title="No champion yet"
        text="Training cross-validates several algorithms and promotes the best one."
        commands={["tamis train"]}
      />
    );
  }
  return (
    <div class="stack">
      {champion ? (
        <ModelCard version={champion} is="champion" isLinked snapshot={snapshot} now={now} />
      ) : null}
      {ranker ? <ModelCard version={ranker} is="ranker" isLinked snapshot={snapshot} now={now} /> : null}
    </div>
  );
};

const Quality: FC<{ data: DataSummary; now: Date }> = ({ data: { lastImport }, now }) => {
  if (!lastImport) return null;
  const { rows = 0, rejected = 0, rejectedByReason = {} } = lastImport.outcome ?? {};
  const reasons = Object.entries(rejectedByReason);
  const share = rows + rejected === 0 ? 0 : (100 * rejected) / (rows + rejected);
  return (
    <section class="card" aria-labelledby="import">
      <h2 id="import">Data quality</h2>
      <p>
        The last import accepted {formatCount(rows)} rows and refused {formatCount(rejected)} (
        {share.toFixed(2)} %), <Ago instant={lastImport.endedAt ?? lastImport.startedAt} now={now} />.
      </p>
      {reasons.length > 0 ? (
        <ul class="inline-list" aria-label="Refused rows by reason">
          {reasons.map(([reason, count]) => (
            <li class="chip">
              {reason.replaceAll("_", " ")} <strong>{formatCount(count ?? 0)}</strong>
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
};
