import { canonicalJson, type Json, jsonDigest } from "../json.ts";
import type { OnProgress } from "../progress.ts";
import { failureOf } from "./failure.ts";
import type { Interval } from "./interval.ts";
import type { LeaseKeeper } from "./lease-keeper.ts";
import type { PipelineEvent } from "./pipeline-event.ts";
import { retry } from "./retry.ts";
import type { Sleep } from "./sleep.ts";
import type { Step } from "./step.ts";
import { withTimeLimit } from "./time-limit.ts";

/** A run in progress, as its steps need it. */
export interface StepRunner {
  readonly interval: Interval;
  readonly keeper: LeaseKeeper;
  /** What each step's schema made of the run's configuration. */
  readonly configs: ReadonlyMap<Step, unknown>;
  /** Outputs of the steps that are done. */
  readonly outputs: Readonly<Record<string, Json>>;
  /** Number of the last attempt of each step that was tried before this claim. */
  readonly attempts: Readonly<Record<string, number>>;
  readonly signal: AbortSignal;
  readonly graceMs: number;
  readonly sleep: Sleep | undefined;
  readonly random: (() => number) | undefined;
  readonly onProgress: OnProgress;
  readonly emit: (event: StepEvent) => void;
}

type StepEvent = PipelineEvent extends infer Event
  ? Event extends { readonly step: string }
    ? Omit<Event, "pipeline" | "runId">
    : never
  : never;

/** Does a step, again while its policy says so, and answers its output as it is stored. */
export function runStep(step: Step, runner: StepRunner): Promise<Json> {
  const { signal, sleep, random, emit } = runner;
  const before = runner.attempts[step.name] ?? 0;
  return retry((attempt) => attemptStep(step, before + attempt, runner), {
    ...step.retry,
    // A lost run is not tried again, whatever it was lost of.
    retryable: (error) => runner.keeper.lost() === undefined && step.retry.retryable(error),
    sleep,
    random,
    signal,
    onRetry: ({ attempt, delayMs }) =>
      emit({ type: "step_retrying", step: step.name, attempt: before + attempt, delayMs }),
  });
}

async function attemptStep(step: Step, attempt: number, runner: StepRunner): Promise<Json> {
  const { keeper, signal, emit } = runner;
  const place = { step: step.name, attempt };
  await keeper.record({ type: "step_started", ...place });
  emit({ type: "step_started", ...place });
  let output: string;
  try {
    output = canonicalJson(await work(step, attempt, runner), `The output of the step “${step.name}”`);
  } catch (error) {
    const type = signal.aborted ? "step_cancelled" : "step_failed";
    const failure = failureOf(error);
    if (keeper.lost() === undefined) await keeper.record({ type, ...place, failure });
    emit({ type, ...place, failure });
    throw error;
  }
  const value: Json = JSON.parse(output);
  await keeper.record({ type: "step_finished", ...place, output, outputDigest: await jsonDigest(value) });
  emit({ type: "step_finished", ...place });
  return value;
}

async function work(step: Step, attempt: number, runner: StepRunner): Promise<Json> {
  const { interval, keeper, configs, outputs, graceMs, signal, onProgress } = runner;
  const inputs = Object.fromEntries(
    Object.entries(step.inputs).map(([name, input]) => [name, outputs[input.name] ?? null]),
  );
  const limit = { what: `The step “${step.name}”`, timeoutMs: step.timeoutMs, graceMs, signal };
  return await withTimeLimit(limit, async (stepSignal) =>
    step.run({
      interval,
      config: configs.get(step),
      inputs,
      hold: { ...keeper.lease, step: step.name, attempt },
      signal: stepSignal,
      onProgress,
    }),
  );
}
