import type { Interval, Json, Pipeline, PipelineConfig, PipelineResult, PipelineRun } from "@tamis/core";
import { checkInterval, runPipeline, TamisError } from "@tamis/core";
import type { Context } from "../context.ts";
import { defineCommand } from "../define-command.ts";
import { exitCodes } from "../exit-codes.ts";
import { jsonObject } from "../json-object.ts";
import { alertHooks, eventSentence } from "../pipeline-events.ts";
import { instant, pipelineFlags } from "../pipeline-flags.ts";
import { findPipeline, loadPipelines } from "../pipelines.ts";

interface Flags {
  readonly config: PipelineConfig;
  readonly intervalStart?: Date;
  readonly intervalEnd?: Date;
  readonly queue?: boolean;
  readonly module?: string;
  readonly alertWebhookFile?: string;
  readonly mlflowUrl?: string;
}

/** `tamis pipeline run NAME`: one run, here and now, or put in the queue. */
export const pipelineRun = defineCommand<Flags, [name: string]>({
  summary: "Run a pipeline once for an interval and a configuration",
  details: [
    "Runs a pipeline once for (pipeline, interval, configuration). The same run again does nothing and exits 99; one",
    "that failed or was cancelled goes on at the step where it stopped. Without an interval it is yesterday, in UTC.",
    "With --queue the run waits for a worker instead (tamis worker).",
  ].join("\n"),
  examples: [
    `tamis pipeline run refresh --config '{"path":"./ml-latest-small"}'`,
    `tamis pipeline run refresh --config '{"path":"./ratings.csv","format":"ratings"}' --queue`,
    "tamis pipeline run nightly --module ./pipelines.js --interval-start 2026-11-20 --interval-end 2026-11-21",
  ],
  flags: {
    config: {
      kind: "parsed",
      parse: (input) => jsonObject(input) as PipelineConfig,
      default: "{}",
      placeholder: "JSON",
      brief: "Configuration of the run",
    },
    intervalStart: {
      kind: "parsed",
      parse: instant,
      optional: true,
      placeholder: "INSTANT",
      brief: "Begin of what the run is about, included [default = yesterday]",
    },
    intervalEnd: {
      kind: "parsed",
      parse: instant,
      optional: true,
      placeholder: "INSTANT",
      brief: "End of what the run is about, excluded [default = today]",
    },
    queue: { kind: "boolean", optional: true, withNegated: false, brief: "Leave the run to a worker" },
    ...pipelineFlags,
  },
  positional: {
    kind: "tuple",
    parameters: [{ placeholder: "PIPELINE", brief: "Name of the pipeline", parse: (name) => name }],
  },
  whenInterrupted: "Cancelled; the same command goes on at the step that was interrupted.",
  async run(context, flags, name) {
    const interval = intervalOf(flags);
    const pipeline = findPipeline(await loadPipelines(context, flags.module), name);
    if (flags.queue) return await enqueue(context, pipeline, interval, flags.config);
    const { runLedger } = await import("@tamis/storage");
    const { records } = await context.tamis();
    const { signal, onProgress, output } = context;
    const result = await runPipeline(pipeline, {
      ledger: runLedger(records),
      interval,
      config: flags.config,
      signal,
      onProgress,
      onEvent: (event) => output.note(eventSentence(event)),
      alerts: await alertHooks(context),
    });
    output.result(resultDocument(pipeline, interval, result), () => resultLines(context, pipeline, result));
    if (result.outcome === "already_done") context.exitWith(exitCodes.nothingToDo);
  },
});

const dayMs = 86_400_000;

/** @throws invalid_input for one end without the other, or ends in the wrong order */
function intervalOf({ intervalStart: start, intervalEnd: end }: Flags, now = new Date()): Interval {
  if (start !== undefined && end !== undefined) {
    checkInterval({ start, end });
    return { start, end };
  }
  if (start !== undefined || end !== undefined) {
    throw new TamisError(
      "invalid_input",
      "--interval-start and --interval-end go together: give both or neither.",
    );
  }
  const today = new Date(Math.floor(now.getTime() / dayMs) * dayMs);
  return { start: new Date(today.getTime() - dayMs), end: today };
}

async function enqueue(
  context: Context,
  { name }: Pipeline,
  interval: Interval,
  config: PipelineConfig,
): Promise<void> {
  const { openQueue } = await import("@tamis/storage");
  const queue = await openQueue((await context.tamis()).records);
  const run: PipelineRun = await queue.enqueue({ pipeline: name, interval, config }, { resume: true });
  context.output.result({ run_id: run.runId, status: run.status }, () => [
    `run ${run.runId} of ${name} is ${run.status}`,
  ]);
  if (run.status === "finished") context.exitWith(exitCodes.nothingToDo);
}

function resultDocument(pipeline: Pipeline, interval: Interval, result: PipelineResult) {
  return {
    run_id: result.runId,
    pipeline: pipeline.name,
    interval_start: interval.start,
    interval_end: interval.end,
    outcome: result.outcome,
    outputs: result.outputs,
  };
}

function resultLines({ output }: Context, { name, steps }: Pipeline, result: PipelineResult): string[] {
  const { outcome, runId, outputs } = result;
  const width = Math.max(...steps.map((step) => step.name.length));
  return [
    `${output.style("bold", name)} ${outcome === "finished" ? "has finished" : "was done before: nothing to do"}`,
    "",
    ...steps.map((step) => `  ${step.name.padEnd(width)}  ${shown(outputs[step.name] ?? null)}`),
    "",
    `run ${runId}`,
  ];
}

/** A small value on one line. */
function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
