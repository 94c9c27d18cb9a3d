import { TamisError, throwIfAborted } from "../errors.ts";
import type { Json } from "../json.ts";
import type { Claim, Failure, IncidentChange, RunLedger } from "../ports/run-ledger.ts";
import type { OnProgress } from "../progress.ts";
import type { Alert, AlertHook } from "./alert.ts";
import { failureOf } from "./failure.ts";
import type { Interval } from "./interval.ts";
import { keepLease, type LeaseKeeper } from "./lease-keeper.ts";
import type { Pipeline, PipelineConfig } from "./pipeline.ts";
import type { PipelineEvent } from "./pipeline-event.ts";
import { runStep } from "./run-step.ts";
import type { Sleep } from "./sleep.ts";
import type { Step } from "./step.ts";

export interface RunPipelineOptions {
  readonly ledger: RunLedger;
  readonly interval: Interval;
  /** @default {} */
  readonly config?: PipelineConfig;
  /** Takes up a run that failed or was cancelled, where it stopped. @default true */
  readonly resume?: boolean;
  /** How long the run stays ours after a last heartbeat, in ms. @default 60_000 */
  readonly leaseMs?: number;
  /** How long an interrupted step may take to stop, in ms. @default 10_000 */
  readonly graceMs?: number;
  /** Cancels the run. */
  readonly signal?: AbortSignal;
  /** Interrupts the run and leaves it to another worker, which goes on at the interrupted step. */
  readonly release?: AbortSignal;
  readonly onProgress?: OnProgress;
  readonly onEvent?: (event: PipelineEvent) => void;
  readonly alerts?: readonly AlertHook[];
  readonly sleep?: Sleep;
  readonly random?: () => number;
}

export interface PipelineResult {
  readonly runId: string;
  /** `already_done`: an earlier run of the same pipeline, interval and configuration; nothing was run now. */
  readonly outcome: "finished" | "already_done";
  /** The output of each step. */
  readonly outputs: Readonly<Record<string, Json>>;
}

/** A run that ends so many workers in a row is not given to another one. */
const mostLostWorkers = 5;

/**
 * Runs a pipeline for an interval and a configuration, once: steps that are done are skipped, a run that stopped goes
 * on at the step where it stopped, and of several workers at once one does it.
 *
 * @throws what its step threw last; aborted when it was cancelled; conflict when another worker has it, or took it
 * over; invalid_input for a wrong interval or configuration
 */
export async function runPipeline(pipeline: Pipeline, options: RunPipelineOptions): Promise<PipelineResult> {
  const { ledger, interval, config = {}, resume = true, leaseMs = 60_000, sleep, random } = options;
  throwIfAborted(options.signal);
  throwIfAborted(options.release);
  const claim = await ledger.claim({ pipeline: pipeline.name, interval, config }, { leaseMs, resume });
  if (claim.outcome === "already_done") return claim;
  if (claim.outcome !== "claimed") throw notOurs(pipeline, claim);
  const { runId } = claim.lease;
  const emit = (event: WithoutRun<PipelineEvent>) =>
    options.onEvent?.({ ...event, pipeline: pipeline.name, runId } as PipelineEvent);
  const keeper = keepLease({ ledger, lease: claim.lease, leaseMs, sleep, random });
  emit({ type: "run_started", resumed: Object.keys(claim.attempts).length > 0 });
  try {
    const outputs = await runSteps(pipeline, { claim, keeper, emit, options });
    await keeper.stop();
    const change = await keeper.record({ type: "run_finished" });
    emit({ type: "run_finished" });
    await tell(finishedAlert(pipeline, runId, interval, change), options, emit);
    return { runId, outcome: "finished", outputs };
  } catch (error) {
    await keeper.stop();
    const lost = keeper.lost();
    const failure = failureOf(lost ?? error);
    if (lost !== undefined) {
      emit({ type: "run_lost", failure });
      throw lost;
    }
    const type = endingOf(keeper, options);
    const change = await keeper.record({ type, failure });
    emit({ type, failure });
    if (change?.change === "opened") {
      await tell(failedAlert(pipeline, runId, interval, change, failure), options, emit);
    }
    throw error;
  }
}

type WithoutRun<Event> = Event extends unknown ? Omit<Event, "pipeline" | "runId"> : never;
type Emit = (event: WithoutRun<PipelineEvent>) => void;

interface OpenRun {
  readonly claim: Extract<Claim, { outcome: "claimed" }>;
  readonly keeper: LeaseKeeper;
  readonly emit: Emit;
  readonly options: RunPipelineOptions;
}

function notOurs(pipeline: Pipeline, claim: Extract<Claim, { outcome: "held" | "ended" }>): TamisError {
  const details = { runId: claim.runId };
  if (claim.outcome === "ended") {
    return new TamisError(
      "conflict",
      `The run ${claim.runId} of “${pipeline.name}” has ended (${claim.status}).`,
      { details },
    );
  }
  return new TamisError(
    "conflict",
    `The run ${claim.runId} of “${pipeline.name}” is being done by ${claim.worker}, whose lease holds until ${claim.until.toISOString()}.`,
    { details },
  );
}

async function runSteps(pipeline: Pipeline, run: OpenRun): Promise<Record<string, Json>> {
  const { claim, keeper, emit, options } = run;
  if (claim.lostWorkers >= mostLostWorkers) {
    throw new TamisError(
      "refused",
      `${claim.lostWorkers} workers in a row died at this run of “${pipeline.name}”. Look for what ends them (memory?), then start it by hand.`,
    );
  }
  const configs = readConfig(pipeline, options.config ?? {});
  const interruptions = [keeper.signal, options.signal, options.release];
  const signal = AbortSignal.any(interruptions.filter((each) => each !== undefined));
  const outputs: Record<string, Json> = {};
  for (const step of pipeline.steps) {
    const known = claim.outputs[step.name];
    if (known !== undefined) {
      outputs[step.name] = known;
      emit({ type: "step_skipped", step: step.name });
      continue;
    }
    outputs[step.name] = await runStep(step, {
      interval: options.interval,
      keeper,
      configs,
      outputs,
      attempts: claim.attempts,
      signal,
      graceMs: options.graceMs ?? 10_000,
      sleep: options.sleep,
      random: options.random,
      onProgress(progress) {
        keeper.report(progress);
        options.onProgress?.(progress);
      },
      emit,
    });
  }
  return outputs;
}

/** Each step reads its part of the configuration before the first one runs. */
function readConfig(pipeline: Pipeline, config: PipelineConfig): Map<Step, unknown> {
  return new Map(
    pipeline.steps.map((step) => {
      const parsed = step.config.safeParse(config);
      if (parsed.success) return [step, parsed.data];
      const issue = parsed.error.issues[0];
      const place = issue?.path.length ? `“${issue.path.join(".")}”` : "as a whole";
      throw new TamisError(
        "invalid_input",
        `The step “${step.name}” of the pipeline “${pipeline.name}” refuses its configuration, ${place}: ${issue?.message}.`,
        { cause: parsed.error },
      );
    }),
  );
}

function endingOf(keeper: LeaseKeeper, { signal, release }: RunPipelineOptions) {
  if (keeper.signal.aborted || signal?.aborted) return "run_cancelled";
  return release?.aborted ? "run_released" : "run_failed";
}

function finishedAlert(
  { name }: Pipeline,
  runId: string,
  interval: Interval,
  change: IncidentChange | null,
): Alert {
  const kind = change?.change === "closed" ? "recovered" : "finished";
  const message = kind === "recovered" ? `${name} works again.` : `${name} has finished.`;
  return { kind, pipeline: name, runId, interval, incidentId: change?.incidentId ?? null, message };
}

function failedAlert(
  { name }: Pipeline,
  runId: string,
  interval: Interval,
  { incidentId }: IncidentChange,
  failure: Failure,
): Alert {
  return {
    kind: "failed",
    pipeline: name,
    runId,
    interval,
    incidentId,
    message: `${name} failed: ${failure.message}`,
  };
}

async function tell(alert: Alert, { alerts = [] }: RunPipelineOptions, emit: Emit): Promise<void> {
  const told = await Promise.allSettled(alerts.map(async (hook) => hook(alert)));
  for (const each of told) {
    if (each.status === "rejected") emit({ type: "alert_failed", failure: failureOf(each.reason) });
  }
}
