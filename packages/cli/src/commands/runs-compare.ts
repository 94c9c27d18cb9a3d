import { TamisError } from "@tamis/core";
import { defineCommand } from "../define-command.ts";
import { noSuchRun } from "../find-run.ts";
import { runDocument } from "../run-document.ts";
import { tableLines } from "../table.ts";

const most = 10;

/** `tamis runs compare RUN RUN…`: two to ten runs side by side. */
export const runsCompare = defineCommand<Record<never, never>, string[]>({
  summary: "Compare two to ten runs side by side: what they were given and what came out",
  details: "Parameters that are the same in all of them are left out.",
  examples: ["tamis runs compare 019ac5e0-… 019ac5e1-…", "tamis runs compare 019ac5e0-… 019ac5e1-… --json"],
  flags: {},
  positional: {
    kind: "array",
    parameter: { placeholder: "RUN", brief: "Id of a run", parse: (id: string) => id },
    minimum: 2,
  },
  async run(context, _flags, ...runIds) {
    if (runIds.length > most) {
      throw new TamisError("invalid_input", `At most ${most} runs can be compared, not ${runIds.length}.`);
    }
    const { findRuns } = await import("@tamis/storage");
    const runs = await findRuns((await context.tamis()).records, runIds);
    const missing = runIds.find((runId) => !runs.some((run) => run.runId === runId));
    if (missing !== undefined) throw noSuchRun(missing);
    const parameters = differing(runs.map((run) => run.parameters));
    const metrics = namesOf(runs.map((run) => run.metrics));
    const document = { runs: runs.map(runDocument), differing_parameters: parameters, metrics };
    context.output.result(document, () =>
      tableLines(
        [{ title: "" }, ...runs.map(({ runId }) => ({ title: runId.slice(-12), align: "right" as const }))],
        [
          ["status", ...runs.map(({ status }) => status)],
          ...parameters.map((name) => [name, ...runs.map((run) => String(run.parameters[name] ?? ""))]),
          ...metrics.map((name) => [name, ...runs.map((run) => run.metrics[name]?.toFixed(4) ?? "")]),
        ],
      ),
    );
  },
});

function namesOf(records: readonly Readonly<Record<string, unknown>>[]): string[] {
  return [...new Set(records.flatMap((record) => Object.keys(record)))].sort();
}

function differing(records: readonly Readonly<Record<string, unknown>>[]): string[] {
  return namesOf(records).filter((name) => new Set(records.map((record) => record[name])).size > 1);
}
