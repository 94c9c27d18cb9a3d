import { type RunStatus, TamisError } from "@tamis/core";
import { type Expression, type SqlBool, sql } from "kysely";
import { engineOf } from "./engine.ts";
import { like } from "./like.ts";
import { type Run, toRuns } from "./runs.ts";
import type { Records } from "./schema.ts";

/** A part of a run that a search can ask about. */
export type RunField =
  | { readonly kind: "metric" | "parameter" | "tag"; readonly name: string }
  | { readonly kind: "attribute"; readonly name: RunAttribute };

const columns = {
  runId: "runs.id",
  name: "runs.name",
  experiment: "runs.experiment",
  status: "runs.status",
  snapshot: "runs.snapshot",
  seed: "runs.seed",
  message: "runs.message",
  startedAt: "runs.started_at",
  endedAt: "runs.ended_at",
} as const;
export type RunAttribute = keyof typeof columns;

/** `like`: `%` is any text, `_` any character, a-z is A-Z. */
export type Comparison = "=" | "!=" | "<" | "<=" | ">" | ">=" | "like";

export interface RunCondition {
  readonly field: RunField;
  readonly comparison: Comparison;
  /** A number for a metric or the seed, an instant for `startedAt` and `endedAt`, else a text. */
  readonly value: string | number | Date | RunStatus;
}

export interface SearchRunsOptions {
  /** @default all */
  readonly experiments?: readonly string[];
  /** All must hold. Of a metric, its value at the highest step counts; what a run lacks holds nothing. */
  readonly where?: readonly RunCondition[];
  /** Runs that lack it come last. @default newest first */
  readonly orderBy?: readonly { readonly field: RunField; readonly direction: "asc" | "desc" }[];
  /** How many runs to pass over. @default 0 */
  readonly offset?: number;
  readonly limit: number;
}

/** Runs by any of their parts, filtered and sorted by the database (ties by start, then id). */
export async function searchRuns(records: Records, options: SearchRunsOptions): Promise<Run[]> {
  const { experiments, where = [], orderBy = [], offset = 0, limit } = options;
  if (experiments?.length === 0) return [];
  let query = records.selectFrom("runs").selectAll("runs");
  if (experiments) query = query.where("runs.experiment", "in", [...experiments]);
  for (const condition of where) query = query.where(holds(records, condition));
  for (const { field, direction } of orderBy) {
    const value = sqlOf(records, field);
    query = query.orderBy(sql`(${value}) is null`).orderBy(value, direction);
  }
  const rows = await query
    .orderBy("runs.started_at", "desc")
    .orderBy("runs.id", "desc")
    .limit(limit)
    .offset(offset)
    .execute();
  return await toRuns(records, rows);
}

function holds(records: Records, { field, comparison, value }: RunCondition): Expression<SqlBool> {
  const found = sqlOf(records, field);
  if (comparison !== "like") return sql<SqlBool>`${found} ${operators[comparison]} ${value}`;
  if (typeof value === "string") return like(records, found, value);
  throw new TamisError(
    "invalid_input",
    `Only a text is like another: ${field.name} is compared with ${value}.`,
  );
}

const operators = {
  ...{ "=": sql`=`, "!=": sql`<>` },
  ...{ "<": sql`<`, "<=": sql`<=`, ">": sql`>`, ">=": sql`>=` },
};

/** The SQL of a field of the row at hand. */
function sqlOf(records: Records, field: RunField): Expression<unknown> {
  if (field.kind === "attribute") return sql.ref(columns[field.name]);
  if (field.kind === "tag") return engineOf(records).fieldOf("runs.tags", field.name);
  if (field.kind === "parameter") {
    return sql`(select value from run_parameters where run_id = runs.id and name = ${field.name})`;
  }
  return sql`(select value from run_metrics where run_id = runs.id and name = ${field.name}
    order by step desc limit 1)`;
}
