import { type CatchUp, type PipelineConfig, runSchedules, type Schedule, TamisError } from "@tamis/core";
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
  readonly file?: string;
  readonly module?: string;
  readonly alertWebhookFile?: string;
  readonly mlflowUrl?: string;
}

/** `tamis schedule PIPELINE CRON`: puts a run in the queue each time the expression fires. */
export const schedule = defineCommand<Flags, [name?: string, expression?: string]>({
  summary: "Run pipelines on a schedule, until stopped",
  details: [
    "Puts a run of the pipeline in the queue each time the cron expression fires, about the interval since it fired",
    "last, and does it, until SIGTERM or Ctrl-C (exit code 0). Any number of schedulers may run: each interval is done",
    "once, by the clock of the database. With --no-work the runs are left to workers (tamis worker).",
    "",
    "Several schedules in one process are listed in a file, a JSON array of objects with pipeline and cron, and if need",
    "be time_zone, catch_up, start_at and config, which mean what the flags mean.",
  ].join("\n"),
  examples: [
    `tamis schedule refresh "0 2 * * *" --time-zone Europe/Paris --config '{"path":"./ml-latest-small"}'`,
    `tamis schedule nightly "0 7 * * *" --module ./pipelines.js --catch-up all --start-at 2026-11-01 --no-work`,
    "tamis schedule --file schedules.json --module ./pipelines.js",
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
    file: {
      kind: "parsed",
      parse: (path) => path,
      optional: true,
      placeholder: "FILE",
      brief: "JSON file with several schedules, instead of PIPELINE and CRON",
    },
    ...pipelineFlags,
  },
  positional: {
    kind: "tuple",
    parameters: [
      { placeholder: "PIPELINE", brief: "Name of the pipeline", parse: (name) => name, optional: true },
      {
        placeholder: "CRON",
        brief: "When: minute hour day month weekday",
        parse: (expression) => expression,
        optional: true,
      },
    ],
  },
  whenInterrupted: "Stopped.",
  async run(context, flags, name, expression) {
    const { databaseClock, openQueue } = await import("@tamis/storage");
    const { log, output, signal } = context;
    const schedules = await schedulesOf(flags, name, expression);
    const tamis = await context.tamis();
    const known = await loadPipelines(context, flags.module);
    (await context.mlflow())?.send();
    const pipelines = new Set(schedules.map(({ pipeline }) => findPipeline(known, pipeline)));
    const queue = await openQueue(tamis.records);
    const onError = (error: unknown) => log.error("the queue cannot be asked; it is asked again", { error });
    const alerts = await alertHooks(context);
    const worker = flags.work
      ? queue.work([...pipelines], { alerts, onEvent: logEvents(log), onError })
      : undefined;
    const now = await databaseClock(tamis.records);
    for (const { pipeline, nextRun } of schedules) {
      output.warn(
        `Schedule of ${pipeline}, next at ${nextRun(now)?.toISOString() ?? "no time"} (Ctrl-C stops it)`,
      );
    }
    await runSchedules(schedules, { queue, now: () => databaseClock(tamis.records), signal, onError });
    await worker?.stop();
  },
});

/** @throws invalid_input unless there is either a file, or a pipeline and its expression */
async function schedulesOf(flags: Flags, name?: string, expression?: string): Promise<Schedule[]> {
  const { cron, scheduleFile } = await import("@tamis/storage");
  const { file, timeZone, catchUp, startAt, config } = flags;
  if (file !== undefined && name === undefined) return await scheduleFile(file);
  if (file !== undefined || name === undefined || expression === undefined) {
    throw new TamisError("invalid_input", "Give PIPELINE and CRON, or a file of schedules with --file.");
  }
  const nextRun = cron(expression, { timeZone });
  return [{ pipeline: name, config, nextRun, catchUp, ...(startAt && { startAt }) }];
}
