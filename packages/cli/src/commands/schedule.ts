import { type CatchUp, type PipelineConfig, runSchedules, type Schedule } from "@tamis/core";
import { defineCommand } from "../define-command.ts";
import { jsonObject } from "../json-object.ts";
import { alertHooks, logEvents } from "../pipeline-events.ts";
import { instant, pipelineFlags } from "../pipeline-flags.ts";
import { findPipeline, loadPipelines } from "../pipelines.ts";

interface Flags {
  readonly timeZone: string;
  readonly catchUp: CatchUp;
  readonly startAt?: Date;
  readonly config: PipelineConfig;
  readonly work: boolean;
  readonly module?: string;
  readonly alertWebhookFile?: string;
}

/** `tamis schedule PIPELINE CRON`: puts a run in the queue each time the expression fires. */
export const schedule = defineCommand<Flags, [name: string, expression: string]>({
  summary: "Run a pipeline on a schedule, until stopped",
  details: [
    "Puts a run of the pipeline in the queue each time the cron expression fires, about the interval since it fired",
    "last, and does it, until SIGTERM or Ctrl-C (exit code 0). Any number of schedulers may run: each interval is done",
    "once, by the clock of the database. With --no-work the runs are left to workers (tamis worker).",
  ].join("\n"),
  examples: [
    `tamis schedule refresh "0 2 * * *" --time-zone Europe/Paris --config '{"path":"./ml-latest-small"}'`,
    `tamis schedule nightly "0 7 * * *" --module ./pipelines.js --catch-up all --start-at 2026-11-01 --no-work`,
  ],
  flags: {
    timeZone: {
      kind: "parsed",
      parse: (zone) => zone,
      default: "UTC",
      placeholder: "ZONE",
      brief: "IANA name of the time zone, e.g. Europe/Paris",
    },
    catchUp: {
      kind: "enum",
      values: ["none", "latest", "all"],
      default: "latest",
      brief: "Which intervals are run late that ended while no scheduler was up",
    },
    startAt: {
      kind: "parsed",
      parse: instant,
      optional: true,
      placeholder: "INSTANT",
      brief: "With --catch-up all: what ended before is not made up for",
    },
    config: {
      kind: "parsed",
      parse: (input) => jsonObject(input) as PipelineConfig,
      default: "{}",
      placeholder: "JSON",
      brief: "Configuration of the runs",
    },
    work: { kind: "boolean", default: true, brief: "Also do the runs" },
    ...pipelineFlags,
  },
  positional: {
    kind: "tuple",
    parameters: [
      { placeholder: "PIPELINE", brief: "Name of the pipeline", parse: (name) => name },
      {
        placeholder: "CRON",
        brief: "When: minute hour day month weekday",
        parse: (expression) => expression,
      },
    ],
  },
  whenInterrupted: "Stopped.",
  async run(context, flags, name, expression) {
    const { cron, databaseClock, openQueue } = await import("@tamis/storage");
    const { log, output, signal } = context;
    const { timeZone, catchUp, startAt, config } = flags;
    const nextRun = cron(expression, { timeZone });
    const tamis = await context.tamis();
    const pipeline = findPipeline(await loadPipelines(tamis, flags.module), name);
    const queue = await openQueue(tamis.records);
    const schedule: Schedule = { pipeline: name, config, nextRun, catchUp, ...(startAt && { startAt }) };
    const onError = (error: unknown) => log.error("the queue cannot be asked; it is asked again", { error });
    const alerts = await alertHooks(context);
    const worker = flags.work
      ? queue.work([pipeline], { alerts, onEvent: logEvents(log), onError })
      : undefined;
    const next = nextRun(await databaseClock(tamis.records));
    output.warn(`Schedule of ${name}, next at ${next?.toISOString() ?? "no time"} (Ctrl-C stops it)`);
    await runSchedules([schedule], { queue, now: () => databaseClock(tamis.records), signal, onError });
    await worker?.stop();
  },
});
