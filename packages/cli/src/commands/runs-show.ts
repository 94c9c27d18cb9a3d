import { TamisError } from "@tamis/core";
import { defineCommand } from "../define-command.ts";
import { runDocument } from "../run-document.ts";

/** `tamis runs show RUN`: everything that a run has left. */
export const runsShow = defineCommand<Record<never, never>, [runId: string]>({
  summary: "Show one run: parameters, metrics, files",
  examples: ["tamis runs show 0199c8a0-1111-7000-8000-000000000000 --json"],
  flags: {},
  positional: {
    kind: "tuple",
    parameters: [{ placeholder: "RUN", brief: "Id of the run", parse: (id) => id }],
  },
  async run(context, _flags, runId) {
    const { artifactsOfRun, findRun, metricsOfRuns } = await import("@tamis/storage");
    const { records } = await context.tamis();
    const run = await findRun(records, runId);
    if (run === undefined) throw new TamisError("not_found", `There is no run ${runId}: tamis runs list`);
    const artifacts = (await artifactsOfRun(records, runId)).map(
      ({ path, contentType, objectKey, ...file }) => ({
        path,
        content_type: contentType,
        object_key: objectKey,
        ...file,
      }),
    );
    const points = (await metricsOfRuns(records, [runId])).filter(({ step }) => step > 0);
    const folds = points.map(({ name, step, value }) => ({ name, step, value }));
    const document = { ...runDocument(run), steps: folds, artifacts };
    context.output.result(document, () => [
      ...section("run", {
        ...document,
        parameters: undefined,
        metrics: undefined,
        steps: undefined,
        artifacts: undefined,
      }),
      ...section("parameters", run.parameters),
      ...section("metrics", run.metrics),
      ...section("files", Object.fromEntries(artifacts.map(({ path, bytes }) => [path, `${bytes} bytes`]))),
    ]);
  },
});

function section(title: string, facts: Readonly<Record<string, unknown>>): string[] {
  const known = Object.entries(facts).filter(([, value]) => value !== undefined && value !== null);
  if (known.length === 0) return [];
  const width = Math.max(...known.map(([name]) => name.length));
  const textOf = (value: unknown) => (typeof value === "object" ? JSON.stringify(value) : String(value));
  return [title, ...known.map(([name, value]) => `  ${name.padEnd(width)}  ${textOf(value)}`), ""];
}
