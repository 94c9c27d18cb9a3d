import { listRuns, type Records, type Run } from "@tamis/storage";
import { csvField } from "../csv-field.ts";
import { type RunsQuery, runsOptions } from "./runs-query.ts";

/** More than these are for the command, which writes them as it reads. */
const mostExported = 10_000;

/** All runs that a filter finds, in its order; the columns of a run in snake_case. */
export async function exportRuns(records: Records, query: RunsQuery) {
  const found: Run[] = [];
  let after: string | undefined;
  do {
    const page = await listRuns(records, { ...runsOptions(query, 500), after });
    found.push(...page.runs);
    after = page.next ?? undefined;
  } while (after !== undefined && found.length < mostExported);
  return found.map((run) => ({
    run_id: run.runId,
    experiment: run.experiment,
    name: run.name,
    status: run.status,
    started_at: run.startedAt.toISOString(),
    ended_at: run.endedAt?.toISOString() ?? null,
    snapshot: run.snapshot,
    seed: run.seed,
    code_version: run.codeVersion,
    message: run.message,
    parameters: run.parameters,
    metrics: run.metrics,
  }));
}

type ExportedRun = Awaited<ReturnType<typeof exportRuns>>[number];

/** A column for each field, then for each parameter and each metric of any of them. @source RFC 4180 */
export function runsCsv(runs: readonly ExportedRun[]): string {
  const own = [
    "run_id",
    "experiment",
    "name",
    "status",
    "started_at",
    "ended_at",
    "snapshot",
    "seed",
    "code_version",
    "message",
  ] as const;
  const parameters = [...new Set(runs.flatMap((run) => Object.keys(run.parameters)))].sort();
  const metrics = [...new Set(runs.flatMap((run) => Object.keys(run.metrics)))].sort();
  const header = [
    ...own,
    ...parameters.map((name) => `parameter.${name}`),
    ...metrics.map((name) => `metric.${name}`),
  ];
  const lines = runs.map((run) => [
    ...own.map((name) => run[name]),
    ...parameters.map((name) => run.parameters[name]),
    ...metrics.map((name) => run.metrics[name]),
  ]);
  return [header, ...lines].map((line) => `${line.map(csvField).join(",")}\r\n`).join("");
}
