import type { EnvironmentName, ModelRole, ModelVersion } from "@tamis/core";
import type { FC } from "hono/jsx";
import { formatNumber } from "./format.ts";
import { Layout } from "./layout.tsx";

interface RollBackPageProps {
  readonly role: ModelRole;
  readonly present: ModelVersion;
  readonly previous: ModelVersion;
  readonly environment: EnvironmentName;
}

/** Says what a rollback will do, and asks. */
export const RollBackPage: FC<RollBackPageProps> = ({ role, present, previous, environment }) => {
  const [metric, title] = role === "champion" ? (["rmse", "RMSE"] as const) : (["ndcg", "NDCG@10"] as const);
  const line = ({ version, algorithm, metrics }: ModelVersion) =>
    `version ${version}, ${algorithm}, ${title} ${formatNumber(metrics[metric], 4)}`;
  return (
    <Layout title={`Roll the ${role} back`} path="/models" environment={environment}>
      <div>
        <h1>Roll the {role} back?</h1>
        <p class="lead">
          Version {previous.version} takes the place of version {present.version} at once, without a dropped
          request. The audit keeps who did it.
        </p>
      </div>
      <section class="card" aria-label="What will change">
        <dl class="facts facts-first">
          <dt>Now</dt>
          <dd>{line(present)}</dd>
          <dt>Then</dt>
          <dd>{line(previous)}</dd>
        </dl>
        <form class="form after-facts" method="post" action="/models/roll-back">
          <input type="hidden" name="role" value={role} />
          <input type="hidden" name="version" value={String(previous.version)} />
          <input type="hidden" name="expected" value={String(present.version)} />
          <button type="submit">Roll back to version {previous.version}</button>
          <a href="/models">Leave it as it is</a>
        </form>
      </section>
    </Layout>
  );
};
