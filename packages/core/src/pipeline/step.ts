import { z } from "zod";
import { TamisError } from "../errors.ts";
import type { Json } from "../json.ts";
import type { OnProgress } from "../progress.ts";
import type { Interval } from "./interval.ts";
import { defaultRetry, type RetryPolicy } from "./retry.ts";

/**
 * The proof that a piece of work is still the one that counts: this attempt of this step, under this claim of the
 * run. A store checks it at each commit, so that what a paused or timed-out attempt writes late is refused.
 */
export interface StepHold {
  readonly runId: string;
  /** Goes up with each claim of the run: a fencing token. */
  readonly token: number;
  readonly step: string;
  /** 1, 2, 3… through retries and resumes. */
  readonly attempt: number;
}

/** What a step works with. */
export interface StepContext<Config = unknown, Inputs = Readonly<Record<string, Json>>> {
  readonly interval: Interval;
  /** The run's configuration as the step's schema reads it. */
  readonly config: Config;
  /** The outputs of the steps it named as its inputs. */
  readonly inputs: Inputs;
  /** `hold.runId` is the same in every attempt: what is named after it is made once, however often it is tried. */
  readonly hold: StepHold;
  /** Fires at cancellation, at the step's timeout and when the run was lost to another worker. */
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

/** One step of a pipeline; make it with {@link defineStep}. */
export interface Step<Output extends Json = Json> {
  readonly name: string;
  readonly inputs: Readonly<Record<string, Step>>;
  readonly config: z.ZodType;
  readonly retry: RetryPolicy;
  readonly timeoutMs: number | undefined;
  run(context: StepContext): Promise<Output>;
}

type Inputs = Readonly<Record<string, Step>>;

/** What a step reads: the output of each of its inputs. */
export type OutputsOf<Named extends Inputs> = {
  readonly [Name in keyof Named]: Named[Name] extends Step<infer Output> ? Output : never;
};

export interface StepDefinition<Output extends Json, Named extends Inputs, Config> {
  /** a-z, 0-9 and hyphens; unique in its pipeline. */
  readonly name: string;
  /** Steps whose outputs this one reads, under the names it reads them by. */
  readonly inputs?: Named;
  /** What the step reads of the run's configuration; checked before the first step runs. */
  readonly config?: z.ZodType<Config>;
  readonly retry?: Partial<RetryPolicy>;
  /** An attempt that takes longer has failed, with `timeout`. @default no limit */
  readonly timeoutMs?: number;
  /**
   * Does the work and answers a small JSON value (a digest, a key, a count, null: never the data itself), which is kept
   * in the ledger and becomes visible to other steps only when the step has succeeded. It must bear being done
   * again after a crash: name what it makes after `hold.runId`, or commit it with the store's fence.
   */
  run(context: StepContext<Config, OutputsOf<Named>>): Promise<Output>;
}

/**
 * Defines a step.
 *
 * @throws invalid_input for a name of other characters, a timeout or a number of attempts below 1
 */
export function defineStep<
  Output extends Json,
  Config = unknown,
  // biome-ignore lint/complexity/noBannedTypes: a step without inputs reads none.
  Named extends Inputs = {},
>(definition: StepDefinition<Output, Named, Config>): Step<Output> {
  const { name, inputs = {}, config = z.unknown(), timeoutMs } = definition;
  checkName("step", name);
  const retry = { ...defaultRetry, ...definition.retry };
  if (!(Number.isInteger(retry.attempts) && retry.attempts >= 1)) {
    throw new TamisError(
      "invalid_input",
      `The step “${name}” has ${retry.attempts} attempts; give 1 or more.`,
    );
  }
  if (timeoutMs !== undefined && !(timeoutMs >= 1 && timeoutMs <= 2_147_483_647)) {
    throw new TamisError(
      "invalid_input",
      `The timeout of the step “${name}” is ${timeoutMs} ms; give 1 to 2147483647.`,
    );
  }
  return { name, inputs, config, retry, timeoutMs, run: definition.run as Step<Output>["run"] };
}

/** @throws invalid_input for a name of other characters than a-z, 0-9 and hyphen */
export function checkName(what: "step" | "pipeline", name: string): void {
  if (/^[a-z][a-z0-9-]{0,99}$/.test(name)) return;
  throw new TamisError(
    "invalid_input",
    `The ${what} name ${JSON.stringify(name)} may hold a-z, 0-9 and hyphens only, and starts with a letter.`,
  );
}
