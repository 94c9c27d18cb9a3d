import type { MetricPoint, Run, StoredArtifact } from "@tamis/storage";
import { defineCommand } from "../define-command.ts";
import { findRunOrFail } from "../find-run.ts";
import { utc } from "../pipeline-document.ts";
import { artifactDocument, runDocument } from "../run-document.ts";
import { tableLines } from "../table.ts";

/** `tamis runs show RUN`: everything known of one run. */
export const runsShow = defineCommand<Record<never, never>, [runId: string]>({
  summary: "Show one run: parameters, figures by fold and in all, timings, files, verdict",
  examples: ["tamis runs show 019ac5e0-…", "tamis runs show 019ac5e0-… --json"],
  flags: {},
  positional: {
    kind: "tuple",
    parameters: [{ placeholder: "RUN", brief: "Id of the run", parse: (id) => id }],
  },
  async run(context, _flags, runId) {
    const run = await findRunOrFail(context, runId);
    const { artifactsOfRun, metricsOfRuns } = await import("@tamis/storage");
    const { records } = await context.tamis();
    const artifacts = await artifactsOfRun(records, runId);
    const points = await metricsOfRuns(records, [runId]);
    const document = {
      ...runDocument(run),
      history: points.map(({ name, step, value }) => ({ name, step, value })),
      artifacts: artifacts.map(artifactDocument),
    };
    context.output.result(document, () => lines(run, points, artifacts));
  },
});

function lines(run: Run, points: readonly MetricPoint[], artifacts: readonly StoredArtifact[]): string[] {
  const facts = [
    ["run", run.runId],
    ["experiment", run.experiment],
    ["status", run.status],
    ["verdict", run.message ?? ""],
    ["started", `${utc(run.startedAt)} UTC`],
    ["ended", run.endedAt ? `${utc(run.endedAt)} UTC` : ""],
    ["snapshot", run.snapshot ?? ""],
    ["version", run.codeVersion ?? ""],
    ["host", run.host ? JSON.stringify(run.host) : ""],
  ];
  const parameters = Object.entries(run.parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    ...facts.filter(([, value]) => value).map(([name, value]) => `${name!.padEnd(12)}${value}`),
    "",
    ...tableLines(
      [{ title: "parameter" }, { title: "value" }],
      parameters.map(([name, value]) => [name, String(value)]),
    ),
    "",
    ...tableLines(
      [{ title: "metric" }, { title: "step", align: "right" }, { title: "value", align: "right" }],
      points.map(({ name, step, value }) => [
        name,
        step === 0 ? "" : step,
        String(Number(value.toPrecision(6))),
      ]),
    ),
    "",
    ...tableLines(
      [{ title: "file" }, { title: "bytes", align: "right" }, { title: "object" }],
      artifacts.map(({ path, bytes, objectKey }) => [path, bytes, objectKey]),
    ),
  ];
}
