import type { EnvironmentName, ModelRole, ModelVersion } from "@tamis/core";
import type { StoredAuditEntry } from "@tamis/storage";
import type { FC } from "hono/jsx";
import type { Chart } from "../charts/chart.ts";
import { ChartFigure } from "../charts/chart-figure.tsx";
import { Ago } from "./ago.tsx";
import { EmptyState } from "./empty-state.tsx";
import { formatBytes, formatNumber } from "./format.ts";
import { Layout } from "./layout.tsx";
import { ModelCard } from "./model-card.tsx";
import { holders, type ModelHistory } from "./model-history.ts";

interface ModelsPageProps {
  readonly history: ModelHistory;
  readonly charts: Readonly<Record<ModelRole, Chart | undefined>>;
  /** Digest of the current snapshot. */
  readonly snapshot: string | undefined;
  readonly mayPromote: boolean;
  /** What has just been done, or why not. */
  readonly done?: string;
  readonly environment: EnvironmentName;
  readonly now: Date;
}

const roles = ["champion", "ranker"] as const;

/** Who has which role and since when, what was decided and why, and the way back. */
export const ModelsPage: FC<ModelsPageProps> = (props) => {
  const { history, charts, snapshot, mayPromote, done, environment, now } = props;
  const held = roles.flatMap((role) => {
    const { present, previous } = holders(history, role);
    return present ? [{ role, present, previous }] : [];
  });
  return (
    <Layout title="Models" path="/models" environment={environment}>
      <div>
        <h1>Models</h1>
        <p class="lead">
          The versions of {history.model}. The ranker makes the lists, or the champion where there is none.
        </p>
      </div>
      {done ? (
        <p class="notice" role="status">
          {done}
        </p>
      ) : null}
      {history.versions.length === 0 ? (
        <EmptyState
          title="No version yet"
          text="A training compares algorithms and registers the best one as the first version."
          commands={["tamis train"]}
        />
      ) : (
        <>
          <div class="columns columns-even columns-top">
            {held.map(({ role, present, previous }) => (
              <div class="stack">
                <ModelCard version={present} is={role} snapshot={snapshot} now={now} />
                {previous && mayPromote ? (
                  <p>
                    <a class="button quiet" href={`/models/roll-back?role=${role}`}>
                      Roll the {role} back to version {previous.version}
                    </a>
                  </p>
                ) : null}
              </div>
            ))}
          </div>
          {roles.map((role) => {
            const chart = charts[role];
            return chart ? (
              <section class="card" aria-label={chart.title}>
                <ChartFigure chart={chart} id={`${role}s`} href={`/charts/${role}s`} width={1060} />
              </section>
            ) : null;
          })}
          <Decisions decisions={history.decisions} now={now} />
          <Versions versions={history.versions} now={now} />
        </>
      )}
    </Layout>
  );
};

const verbs: Readonly<Record<string, string>> = {
  "model.promote": "promoted",
  "model.refuse": "refused",
  "model.roll_back": "rolled back",
};

const Decisions: FC<{ decisions: readonly StoredAuditEntry[]; now: Date }> = ({ decisions, now }) => (
  <section class="card" aria-labelledby="decisions">
    <h2 id="decisions">Decisions</h2>
    {decisions.length === 0 ? (
      <p class="note">
        None is on record. Each promotion, refusal and rollback will stand here with its reason.
      </p>
    ) : (
      <ol class="timeline">
        {decisions.map(({ action, outcome, reason, actor, at }) => (
          <li class={`timeline-${outcome}`}>
            <p>
              <span class={`status status-${outcome}`}>{verbs[action] ?? action.replace("model.", "")}</span>{" "}
              {reason ?? ""}
            </p>
            <p class="note">
              <Ago instant={at} now={now} /> by {actor}
            </p>
          </li>
        ))}
      </ol>
    )}
  </section>
);

const Versions: FC<{ versions: readonly ModelVersion[]; now: Date }> = ({ versions, now }) => (
  <section class="card" aria-labelledby="versions">
    <div class="card-head">
      <h2 id="versions">Versions</h2>
      <a href="/api/models">JSON</a>
    </div>
    <section class="scroll" aria-label="Table of versions" tabindex={0}>
      <table>
        <caption>Newest first</caption>
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">Role</th>
            <th scope="col">Algorithm</th>
            <th scope="col" class="number">
              RMSE
            </th>
            <th scope="col" class="number">
              NDCG@10
            </th>
            <th scope="col">Made</th>
            <th scope="col">Data</th>
            <th scope="col" class="number">
              Size
            </th>
            <th scope="col">File</th>
          </tr>
        </thead>
        <tbody>
          {versions.map((version) => (
            <tr>
              <th scope="row">
                <a href={`/runs/${version.runId}`}>{version.version}</a>
              </th>
              <td>
                {version.aliases.map((alias) => (
                  <>
                    <span class={`status alias-${alias}`}>{alias.replace("_", " ")}</span>{" "}
                  </>
                ))}
              </td>
              <td>{version.algorithm}</td>
              <td class="number">{formatNumber(version.metrics.rmse, 4)}</td>
              <td class="number">{formatNumber(version.metrics.ndcg, 4)}</td>
              <td class="nowrap">
                <Ago instant={version.createdAt} now={now} />
              </td>
              <td>
                <code title={version.snapshot}>{version.snapshot.slice(0, 8)}</code>
              </td>
              <td class="number">{formatBytes(version.bytes)}</td>
              <td>
                <code title={`SHA-256 ${version.sha256}`}>{version.sha256.slice(0, 8)}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  </section>
);
