import type { FC } from "hono/jsx";
import { formatCount, formatMilliseconds, formatNumber } from "./format.ts";
import type { DataSummary } from "./overview.ts";
import type { ServiceView } from "./service-view.ts";

/** The five figures of the overview, each with what changed. */
export const OverviewTiles: FC<{ data: DataSummary; service: ServiceView }> = ({ data, service }) => {
  const { stats, snapshot, before } = data;
  const change = (read: (snapshot: NonNullable<typeof before>) => number) =>
    snapshot && before ? changeOf(read(snapshot) - read(before)) : "first snapshot";
  return (
    <dl class="tiles">
      <Tile label="Users" value={formatCount(stats.users)} note={change(({ users }) => users)} />
      <Tile label="Items rated" value={formatCount(stats.items)} note={change(({ items }) => items)} />
      <Tile label="Ratings" value={formatCount(stats.ratings)} note={change(({ rows }) => rows)} />
      <Tile
        label="Mean rating"
        value={formatNumber(stats.averageRating, 2)}
        note={snapshot ? `on ${snapshot.scale.min} to ${snapshot.scale.max}` : ""}
      />
      <Tile
        label="Answers within"
        value={service.latency.p95 === null ? "—" : formatMilliseconds(service.latency.p95)}
        note={service.latency.p95 === null ? "no request yet" : `95 % of ${formatCount(service.requests)}`}
      />
    </dl>
  );
};

const Tile: FC<{ label: string; value: string; note: string }> = ({ label, value, note }) => (
  <div class="tile">
    <dt>{label}</dt>
    <dd>{value}</dd>
    <dd class="tile-note">{note}</dd>
  </div>
);

function changeOf(difference: number): string {
  if (difference === 0) return "as in the snapshot before";
  return `${difference > 0 ? "+" : "−"}${formatCount(Math.abs(difference))} since the last snapshot`;
}
