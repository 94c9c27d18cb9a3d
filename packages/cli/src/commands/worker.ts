import { once } from "node:events";
import type { PipelineEvent } from "@tamis/core";
import { defineCommand } from "../define-command.ts";
import { duration } from "../duration.ts";
import { alertHooks, logEvents } from "../pipeline-events.ts";
import { pipelineFlags } from "../pipeline-flags.ts";
import { loadPipelines } from "../pipelines.ts";
import { wholeNumber } from "../whole-number.ts";

interface Flags {
  readonly concurrency: number;
  /** In seconds. */
  readonly lease: number;
  readonly drain?: boolean;
  readonly module?: string;
  readonly alertWebhookFile?: string;
  readonly mlflowUrl?: string;
}

/** `tamis worker`: does the runs that wait, until SIGTERM or Ctrl-C. */
export const worker = defineCommand<Flags>({
  summary: "Do the runs that wait in the queue, until stopped",
  details: [
    "Does the runs that wait in the queue, until SIGTERM or Ctrl-C: then a run in hand is interrupted and left to the",
    "next worker, which goes on at the interrupted step (with --drain it is finished first), and the exit code is 0.",
    "A second signal ends it at once. Any number of workers may run; a run whose worker died is taken up by another.",
  ].join("\n"),
  examples: ["tamis worker", "tamis worker --concurrency 4 --module ./pipelines.js", "tamis worker --drain"],
  flags: {
    concurrency: {
      kind: "parsed",
      parse: wholeNumber(1),
      default: "1",
      placeholder: "N",
      brief: "Runs at the same time",
    },
    lease: {
      kind: "parsed",
      parse: duration,
      default: "30s",
      placeholder: "TIME",
      brief: "How long a run stays ours without a sign of life, e.g. 30s or 5m",
    },
    drain: {
      kind: "boolean",
      optional: true,
      withNegated: false,
      brief: "When stopped, finish the runs in hand",
    },
    ...pipelineFlags,
  },
  whenInterrupted: "Stopped.",
  async run(context, { concurrency, lease, drain = false, module }) {
    const { openQueue } = await import("@tamis/storage");
    const { log, output, signal } = context;
    const tamis = await context.tamis();
    const pipelines = await loadPipelines(context, module);
    (await context.mlflow())?.send();
    const queue = await openQueue(tamis.records, { leaseMs: lease * 1000 });
    const counts = { finished: 0, failed: 0, cancelled: 0, released: 0, lost: 0 };
    const toLog = logEvents(log);
    const running = queue.work(pipelines, {
      concurrency,
      alerts: await alertHooks(context),
      onEvent(event) {
        count(counts, event);
        toLog(event);
      },
      onError: (error) => log.error("the queue cannot be asked; the worker asks again", { error }),
    });
    const names = pipelines.map(({ name }) => name).join(", ");
    output.warn(`Worker of ${names} (Ctrl-C stops it)`);
    if (!signal.aborted) await once(signal, "abort");
    output.warn(
      drain
        ? "Stopping: the runs in hand are finished first."
        : "Stopping: the runs in hand are left to the next worker.",
    );
    await running.stop({ drain });
    output.result(counts, () => [
      Object.entries(counts)
        .map(([name, runs]) => `${runs} ${name}`)
        .join(", "),
    ]);
  },
});

/** Counts the ends of runs by their kind. */
function count(counts: Record<string, number>, { type }: PipelineEvent): void {
  const ending = type.startsWith("run_") ? type.slice("run_".length) : "";
  if (Object.hasOwn(counts, ending)) counts[ending] = (counts[ending] ?? 0) + 1;
}
