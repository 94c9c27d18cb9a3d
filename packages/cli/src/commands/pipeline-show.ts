import { type PipelineRun, TamisError } from "@tamis/core";
import { defineCommand } from "../define-command.ts";
import { pipelineRunDocument, stepRunDocument, utc } from "../pipeline-document.ts";
import { tableLines } from "../table.ts";

/** `tamis pipeline show RUN`: one run with every attempt of its steps. */
export const pipelineShow = defineCommand<Record<never, never>, [runId: string]>({
  summary: "Show one run: its state, its progress, every attempt of its steps",
  examples: ["tamis pipeline show 019ac5e0-…", "tamis pipeline show 019ac5e0-… --json"],
  flags: {},
  positional: {
    kind: "tuple",
    parameters: [{ placeholder: "RUN", brief: "Id of the run", parse: (id) => id }],
  },
  async run(context, _flags, runId) {
    const { findPipelineRun } = await import("@tamis/storage");
    const run = await findPipelineRun((await context.tamis()).records, runId);
    if (run === undefined) {
      throw new TamisError("not_found", `There is no run ${runId}. List them with: tamis pipeline runs`);
    }
    const document = { ...pipelineRunDocument(run), steps: run.steps.map(stepRunDocument) };
    context.output.result(document, () => lines(run));
  },
});

function lines(run: PipelineRun): string[] {
  const { progress, failure } = run;
  const facts = [
    ["run", run.runId],
    ["pipeline", run.pipeline],
    ["interval", `${utc(run.interval.start)} to ${utc(run.interval.end)} UTC`],
    ["config", JSON.stringify(run.config)],
    ["status", `${run.status}${run.cancelRequested && run.endedAt === null ? ", to be cancelled" : ""}`],
    [
      "progress",
      progress && `${progress.phase}: ${progress.done} of ${progress.total ?? "?"} ${progress.unit}`,
    ],
    ["failure", failure && `${failure.message} (${failure.code})`],
  ];
  return [
    ...facts.filter(([, value]) => value).map(([name, value]) => `${name?.padEnd(10)}${value}`),
    "",
    ...tableLines(
      ["step", "attempt", "status", "worker", "started at (UTC)", "failure"].map((title) => ({ title })),
      run.steps.map((step) => [
        ...[
          step.step,
          step.attempt,
          step.status,
          step.worker,
          utc(step.startedAt),
          step.failure?.message ?? "",
        ],
      ]),
    ),
  ];
}
