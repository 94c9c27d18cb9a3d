import type { Id, RunStatus } from "@tamis/core";
import type { Selectable } from "kysely";
import { cursorOf, readCursor } from "./cursor.ts";
import type { Records, Schema } from "./schema.ts";

export interface Run {
  readonly runId: string;
  readonly experiment: string;
  readonly name: string;
  readonly status: RunStatus;
  readonly snapshot: string | null;
  readonly seed: number | null;
  readonly tags: Readonly<Record<string, Id>>;
  readonly codeVersion: string | null;
  readonly host: Readonly<Record<string, string | number>> | null;
  readonly message: string | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  /** The value at the highest step of each metric. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** A file that a run made; its bytes are the object of that key. */
export interface StoredArtifact {
  readonly path: string;
  readonly contentType: string;
  readonly objectKey: string;
  readonly sha256: string;
  readonly bytes: number;
}

export type Direction = "ascending" | "descending";

export interface ListRunsOptions {
  readonly experiment?: string | undefined;
  readonly status?: RunStatus | undefined;
  readonly snapshot?: string | undefined;
  /** Only runs whose metric (at its highest step) is inside [min, max], both ends included. */
  readonly metric?: { readonly name: string; readonly min?: number; readonly max?: number } | undefined;
  /** By a metric, runs that lack it are left out. @default newest first */
  readonly orderBy?:
    | { readonly by: "startedAt"; readonly direction: Direction }
    | { readonly by: "metric"; readonly name: string; readonly direction: Direction }
    | undefined;
  /** @default 50 */
  readonly limit?: number | undefined;
  /** The `next` of the page before, with the same options. */
  readonly after?: string | undefined;
}

export interface RunPage {
  readonly runs: Run[];
  readonly next: string | null;
}

export async function findRun(records: Records, runId: string): Promise<Run | undefined> {
  return (await findRuns(records, [runId]))[0];
}

/** The runs of these ids, in this order; one that does not exist is left out. */
export async function findRuns(records: Records, runIds: readonly string[]): Promise<Run[]> {
  if (runIds.length === 0) return [];
  const rows = await records
    .selectFrom("runs")
    .selectAll()
    .where("id", "in", [...runIds])
    .execute();
  const found = new Map((await toRuns(records, rows)).map((run) => [run.runId, run]));
  return runIds.flatMap((runId) => found.get(runId) ?? []);
}

/** The files of a run, by path. */
export async function artifactsOfRun(records: Records, runId: string): Promise<StoredArtifact[]> {
  const rows = await records
    .selectFrom("run_artifacts")
    .selectAll()
    .where("run_id", "=", runId)
    .orderBy("path")
    .execute();
  return rows.map((row) => ({
    path: row.path,
    contentType: row.content_type,
    objectKey: row.object_key,
    sha256: row.sha256,
    bytes: row.bytes,
  }));
}

/**
 * One page of runs, filtered and sorted by the database (ties by id).
 *
 * @throws invalid_input for an `after` that no page gave
 */
export async function listRuns(records: Records, options: ListRunsOptions = {}): Promise<RunPage> {
  const { experiment, status, snapshot, metric, limit = 50 } = options;
  let query = sorted(records, options);
  if (experiment !== undefined) query = query.where("runs.experiment", "=", experiment);
  if (status !== undefined) query = query.where("runs.status", "=", status);
  if (snapshot !== undefined) query = query.where("runs.snapshot", "=", snapshot);
  if (metric !== undefined) {
    const inside = latestMetric(records, metric.name)
      .where("metric.value", ">=", metric.min ?? -Number.MAX_VALUE)
      .where("metric.value", "<=", metric.max ?? Number.MAX_VALUE)
      .clearSelect()
      .select("metric.run_id");
    query = query.where("runs.id", "in", inside);
  }
  const rows = await query.limit(limit + 1).execute();
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return { runs: await toRuns(records, page), next: last === undefined ? null : placeOf(last) };
}

type SortedRow = Selectable<Schema["runs"]> & { sort_value: number | null };

function sorted(records: Records, { orderBy, after }: ListRunsOptions) {
  const direction = (orderBy?.direction ?? "descending") === "ascending" ? "asc" : "desc";
  const beyond = direction === "asc" ? ">" : "<";
  let query = records
    .selectFrom("runs")
    .leftJoin(latestMetric(records, orderBy?.by === "metric" ? orderBy.name : "").as("sort"), (join) =>
      join.onRef("sort.run_id", "=", "runs.id"),
    )
    .selectAll("runs")
    .select("sort.value as sort_value");
  if (orderBy?.by === "metric") {
    if (after !== undefined) {
      const [value, id] = readCursor(after, "number", "string");
      query = query.where(({ or, and, eb }) =>
        or([eb("sort.value", beyond, value), and([eb("sort.value", "=", value), eb("runs.id", beyond, id)])]),
      );
    }
    return query
      .where("sort.value", "is not", null)
      .orderBy("sort.value", direction)
      .orderBy("runs.id", direction);
  }
  if (after !== undefined) {
    const [text, id] = readCursor(after, "string", "string");
    const startedAt = new Date(text);
    query = query.where(({ or, and, eb }) =>
      or([
        eb("runs.started_at", beyond, startedAt),
        and([eb("runs.started_at", "=", startedAt), eb("runs.id", beyond, id)]),
      ]),
    );
  }
  return query.orderBy("runs.started_at", direction).orderBy("runs.id", direction);
}

function placeOf(row: SortedRow): string {
  return row.sort_value === null
    ? cursorOf(new Date(row.started_at).toISOString(), row.id)
    : cursorOf(row.sort_value, row.id);
}

/** One row a run: the metric's value at its highest step, the one that no later one follows. */
function latestMetric(records: Records, name: string) {
  return records
    .selectFrom("run_metrics as metric")
    .select(["metric.run_id", "metric.value"])
    .where("metric.name", "=", name)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("run_metrics as later")
            .select("later.step")
            .where("later.name", "=", name)
            .whereRef("later.run_id", "=", "metric.run_id")
            .whereRef("later.step", ">", "metric.step"),
        ),
      ),
    );
}

/** Rows with their parameters and metrics, in the same order. */
export async function toRuns(records: Records, rows: readonly Selectable<Schema["runs"]>[]): Promise<Run[]> {
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return [];
  const parameters = await records
    .selectFrom("run_parameters")
    .selectAll()
    .where("run_id", "in", ids)
    .execute();
  const metrics = await records
    .selectFrom("run_metrics")
    .select(["run_id", "name", "value"])
    .where("run_id", "in", ids)
    .orderBy("step")
    .execute();
  const parametersOf = byRun(parameters);
  const metricsOf = byRun(metrics);
  return rows.map((row) => ({
    runId: row.id,
    experiment: row.experiment,
    name: row.name,
    status: row.status,
    snapshot: row.snapshot,
    seed: row.seed,
    tags: JSON.parse(row.tags),
    codeVersion: row.code_version,
    host: row.host === null ? null : JSON.parse(row.host),
    message: row.message,
    startedAt: new Date(row.started_at),
    endedAt: row.ended_at === null ? null : new Date(row.ended_at),
    parameters: Object.fromEntries(
      parametersOf(row.id).map(({ name, value, type }) => [name, typed(value, type)]),
    ),
    // Ordered by step, so the highest one is written last.
    metrics: Object.fromEntries(metricsOf(row.id).map(({ name, value }) => [name, value])),
  }));
}

function byRun<Row extends { readonly run_id: string }>(rows: readonly Row[]): (runId: string) => Row[] {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const known = found.get(row.run_id);
    if (known) known.push(row);
    else found.set(row.run_id, [row]);
  }
  return (runId) => found.get(runId) ?? [];
}

function typed(value: string, type: string): string | number | boolean {
  if (type === "number") return Number(value);
  return type === "boolean" ? value === "true" : value;
}
