import type { EnvironmentName, ModelVersion } from "@tamis/core";
import type { Import, RatingStats } from "@tamis/storage";
import type { FC } from "hono/jsx";
import { Ago } from "./ago.tsx";
import { EmptyState } from "./empty-state.tsx";
import { formatCount, formatNumber } from "./format.ts";
import { Layout } from "./layout.tsx";
import type { Overview } from "./overview.ts";
import { RatingHistogram } from "./rating-histogram.tsx";
import { RunsTable } from "./runs-table.tsx";

interface OverviewPageProps {
  readonly overview: Overview;
  readonly environment: EnvironmentName;
  readonly now: Date;
}

/** Is it healthy, what is there, what should be done: counts, champion, distribution, runs, last import. */
export const OverviewPage: FC<OverviewPageProps> = ({ overview, environment, now }) => {
  const { stats, champion, snapshot, ratings, runs, lastImport } = overview;
  return (
    <Layout title="Overview" path="/" environment={environment}>
      <div>
        <h1>Overview</h1>
        <p class="lead">
          {snapshot ? (
            <>
              Data of <Ago instant={snapshot.createdAt} now={now} />, snapshot{" "}
              <code title={snapshot.digest}>{snapshot.digest.slice(0, 12)}</code>.
            </>
          ) : (
            "No data has been imported yet."
          )}
        </p>
      </div>
      {snapshot || stats.ratings > 0 ? (
        <Tiles stats={stats} />
      ) : (
        <EmptyState
          title="Start with some ratings"
          text="Import a MovieLens folder or any file of ratings, or generate a demo data set."
          commands={["tamis import movielens PATH", "tamis import ratings FILE", "tamis demo"]}
        />
      )}
      <div class={ratings.length > 0 ? "columns" : undefined}>
        {ratings.length > 0 ? (
          <section class="card" aria-labelledby="distribution">
            <h2 id="distribution">Distribution of ratings</h2>
            <RatingHistogram counts={ratings} />
          </section>
        ) : null}
        {champion ? (
          <ChampionCard champion={champion} now={now} />
        ) : (
          <EmptyState
            title="No champion yet"
            text="Training cross-validates several algorithms and promotes the best one."
            commands={["tamis train"]}
          />
        )}
      </div>
      {lastImport ? <ImportCard lastImport={lastImport} now={now} /> : null}
      <section class="card" aria-labelledby="runs">
        <h2 id="runs">Last runs</h2>
        <RunsTable runs={runs} now={now} />
      </section>
    </Layout>
  );
};

const Tiles: FC<{ stats: RatingStats }> = ({ stats }) => (
  <dl class="tiles">
    <Tile label="Users" value={formatCount(stats.users)} />
    <Tile label="Items rated" value={formatCount(stats.items)} />
    <Tile label="Ratings" value={formatCount(stats.ratings)} />
    <Tile label="Mean rating" value={formatNumber(stats.averageRating, 2)} />
  </dl>
);

const Tile: FC<{ label: string; value: string }> = ({ label, value }) => (
  <div class="tile">
    <dt>{label}</dt>
    <dd>{value}</dd>
  </div>
);

const ChampionCard: FC<{ champion: ModelVersion; now: Date }> = ({ champion, now }) => {
  const { rmse, rmse_sd: deviation } = champion.metrics;
  return (
    <section class="card" aria-labelledby="champion">
      <h2 id="champion">Champion model</h2>
      <p class="figure-number">
        {formatNumber(rmse, 4)}
        {deviation === undefined ? null : <small> ± {formatNumber(deviation, 4)}</small>}
      </p>
      <p class="note">RMSE over the folds of its cross-validation; lower is better.</p>
      <dl class="facts">
        <dt>Algorithm</dt>
        <dd>{champion.algorithm}</dd>
        <dt>Version</dt>
        <dd>
          {champion.version} of {champion.model}
        </dd>
        <dt>Trained</dt>
        <dd>
          <Ago instant={champion.createdAt} now={now} />
        </dd>
        <dt>Snapshot</dt>
        <dd>
          <code title={champion.snapshot}>{champion.snapshot.slice(0, 12)}</code>
        </dd>
      </dl>
    </section>
  );
};

const ImportCard: FC<{ lastImport: Import; now: Date }> = ({ lastImport, now }) => {
  const outcome = lastImport.outcome;
  const reasons = Object.entries(outcome?.rejectedByReason ?? {});
  return (
    <section class="card" aria-labelledby="import">
      <h2 id="import">Last import</h2>
      <p>
        {formatCount(outcome?.rows ?? 0)} rows accepted, {formatCount(outcome?.rejected ?? 0)} rejected,{" "}
        <Ago instant={lastImport.endedAt ?? lastImport.startedAt} now={now} />.
      </p>
      {reasons.length > 0 ? (
        <ul class="inline-list" aria-label="Rejected rows by reason">
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
