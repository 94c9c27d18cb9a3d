import type { ModelRole, ModelVersion } from "@tamis/core";
import { listAudit, modelCatalog, type Records, type StoredAuditEntry } from "@tamis/storage";
import type { Chart } from "../charts/chart.ts";
import { formatNumber } from "./format.ts";

/** The versions of a registered model, who has which role, and what was decided. */
export interface ModelHistory {
  readonly model: string;
  /** Newest first. */
  readonly versions: readonly ModelVersion[];
  /** What was promoted, refused or rolled back, newest first. */
  readonly decisions: readonly StoredAuditEntry[];
}

const shownDecisions = 30;

export async function readModelHistory(records: Records, model: string): Promise<ModelHistory> {
  const [versions, { entries }] = await Promise.all([
    modelCatalog(records).list(model),
    listAudit(records, { action: "model.", subject: model, limit: shownDecisions }),
  ]);
  return { model, versions, decisions: entries };
}

/** Who has a role now, and who had it before: what a rollback goes back to. */
export function holders({ versions }: ModelHistory, role: ModelRole) {
  const holder = (alias: string) => versions.find(({ aliases }) => (aliases as string[]).includes(alias));
  return {
    present: holder(role),
    previous: holder(role === "champion" ? "previous" : "previous_ranker"),
  };
}

const figures = {
  champion: { metric: "rmse", title: "RMSE", unit: "units of the scale", better: "lower" },
  ranker: { metric: "ndcg", title: "NDCG@10", unit: "", better: "higher" },
} as const;

/** The versions made for a role over time, by what they are judged by. `undefined` for fewer than two. */
export function roleChart(history: ModelHistory, role: ModelRole): Chart | undefined {
  const { metric, title, unit, better } = figures[role];
  const own = history.versions
    .filter(({ objectKey }) => objectKey.includes("/ranker/") === (role === "ranker"))
    .filter(({ metrics }) => metrics[metric] !== undefined)
    .toSorted((a, b) => a.version - b.version);
  if (own.length < 2) return undefined;
  const values = own.map(({ metrics }) => metrics[metric] ?? null);
  const spread = own.map(({ metrics }) => metrics[`${metric}_sd`]);
  const around = (sign: 1 | -1) =>
    values.map((value, index) =>
      value === null || spread[index] === undefined ? null : value + sign * spread[index],
    );
  const [first, last] = [own[0]!, own.at(-1)!];
  return {
    title: `${title} of each ${role}`,
    finding: `From ${formatNumber(first.metrics[metric], 4)} (version ${first.version}, ${first.algorithm}) to ${formatNumber(last.metrics[metric], 4)} (version ${last.version}, ${last.algorithm}); ${better} is better. Each was measured on the data of its day.`,
    sample: { count: own.length, of: "versions" },
    x: { title: "Version", kind: "category", values: own.map(({ version }) => String(version)) },
    panels: [
      {
        title,
        unit,
        decimals: 4,
        series: [
          {
            name: title,
            kind: "points",
            values,
            ...(spread.some((each) => each !== undefined) ? { low: around(-1), high: around(1) } : {}),
          },
        ],
      },
    ],
  };
}
