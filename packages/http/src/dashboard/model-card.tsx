import type { ModelRole, ModelVersion } from "@tamis/core";
import type { FC } from "hono/jsx";
import { Ago } from "./ago.tsx";
import { formatNumber } from "./format.ts";

interface ModelCardProps {
  readonly version: ModelVersion;
  readonly is: ModelRole;
  /** Digest of the current snapshot. */
  readonly snapshot: string | undefined;
  readonly now: Date;
  /** Whether it leads to the page Models. */
  readonly isLinked?: boolean;
}

const judgedBy = {
  champion: {
    title: "Champion",
    metric: "rmse",
    note: "RMSE over the folds of its cross-validation; lower is better.",
  },
  ranker: { title: "Ranker", metric: "ndcg", note: "NDCG@10 of its lists over the folds; higher is better." },
} as const;

/** Who has a role, and by what figure. */
export const ModelCard: FC<ModelCardProps> = ({ version, is: role, snapshot, now, isLinked }) => {
  const { title, metric, note } = judgedBy[role];
  const deviation = version.metrics[`${metric}_sd`];
  return (
    <section class="card" aria-labelledby={role}>
      <div class="card-head">
        <h2 id={role}>{title}</h2>
        {isLinked ? <a href="/models">History</a> : null}
      </div>
      <p class="figure-number">
        {formatNumber(version.metrics[metric], 4)}
        {deviation === undefined ? null : <small> ± {formatNumber(deviation, 4)}</small>}
      </p>
      <p class="note">{note}</p>
      <dl class="facts">
        <dt>Algorithm</dt>
        <dd>{version.algorithm}</dd>
        <dt>Version</dt>
        <dd>
          {version.version} of {version.model}
        </dd>
        <dt>Trained</dt>
        <dd>
          <Ago instant={version.createdAt} now={now} />, <a href={`/runs/${version.runId}`}>its run</a>
        </dd>
        <dt>Data</dt>
        <dd>
          <code title={version.snapshot}>{version.snapshot.slice(0, 12)}</code>
          {snapshot === version.snapshot ? " (current)" : " (older)"}
        </dd>
      </dl>
    </section>
  );
};
