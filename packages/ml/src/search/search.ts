import { setImmediate } from "node:timers/promises";
import { createRandom, isTamisError, type OnProgress, TamisError, throwIfAborted } from "@tamis/core";
import { z } from "zod";
import { didYouMean } from "../did-you-mean.ts";
import { parseOptions } from "../parse-options.ts";
import { type Point, parseSearchSpace, type SearchSpaceInput } from "./search-space.ts";
import { type StrategyName, strategies, strategyNames } from "./strategies.ts";

const Trial = z.strictObject({
  point: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  /** Of the full effort; less than 1 only in successive halving. */
  share: z.number().positive().max(1),
  /** `null` when it could not be measured. */
  score: z.number().nullable(),
  /** Why not. */
  failure: z.string().optional(),
  seconds: z.number().min(0),
});

const State = z.strictObject({
  version: z.literal(1),
  strategy: z.string(),
  goal: z.string(),
  seed: z.number(),
  subject: z.string(),
  space: z.unknown(),
  trials: z.array(Trial),
});

/** A point that was measured, or could not be. */
export type Trial = z.output<typeof Trial>;

/** All that a search knows: plain JSON, which goes into {@link SearchRequest.state} to go on. */
export type SearchState = z.output<typeof State>;

export interface SearchRequest {
  readonly space: SearchSpaceInput;
  /**
   * Measures a point: a score, or the error `analysis` where it has none. The same point and share must give the same
   * score.
   *
   * @param point - options, by their paths
   * @param context - `share`: the part of the full effort (epochs) to spend
   */
  readonly measure: (point: Point, context: MeasureContext) => Promise<number>;
  /** @default "minimise" */
  readonly goal?: "minimise" | "maximise";
  /** @default "tpe" */
  readonly strategy?: StrategyName;
  /** How many points to measure, those of `state` included. */
  readonly trials?: number;
  /**
   * How long to go on. The trial that is running then is stopped and forgotten, unless it is the very first one. How many
   * trials fit in depends on the machine; what each of them is does not.
   */
  readonly seconds?: number;
  /** @default 42 */
  readonly seed?: number;
  /** What is measured on what; a state goes on only with the same. @default "" */
  readonly subject?: string;
  /** Goes on from here: the result is the one of a search that was never interrupted. */
  readonly state?: unknown;
  /** After each trial; waited for, so that the state can be stored. */
  readonly onTrial?: (trial: Trial, state: SearchState) => void | Promise<void>;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

export interface MeasureContext {
  readonly share: number;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

export interface SearchResult {
  /**
   * The trial of the best score. It was chosen for its score, so the score flatters it: measure it once more on data
   * that the search did not see.
   */
  readonly best: Trial & { readonly score: number };
  readonly trials: readonly Trial[];
  /** `exhausted`: no point is left. */
  readonly stoppedBy: "trials" | "seconds" | "exhausted";
  readonly state: SearchState;
}

/**
 * Looks for the point of a space with the best score, within a budget.
 *
 * Trials run one after the other: the hot loops of a fit use every core already, so two at once would only share them,
 * and each proposal then knows all earlier scores.
 *
 * @throws invalid_input for a wrong space, strategy or budget, or a state of another search; analysis when no point could
 * be measured; aborted; what `measure` throws
 *
 * @example
 * const { best } = await search({
 *   space: { x: { min: -5, max: 5 } },
 *   trials: 40,
 *   measure: async ({ x }) => (Number(x) - 1) ** 2,
 * });
 * best.point; // x is close to 1
 */
export async function search(request: SearchRequest): Promise<SearchResult> {
  const { measure, goal = "minimise", strategy = "tpe", seed = 42, subject = "", onTrial, signal } = request;
  const space = parseSearchSpace(request.space);
  const propose = findStrategy(strategy);
  checkBudget(request);
  const random = createRandom(seed);
  const start: SearchState = { version: 1, strategy, goal, seed, subject, space, trials: [] };
  let state = request.state === undefined ? start : resumed(request.state, start);
  const deadline =
    request.seconds === undefined ? undefined : AbortSignal.timeout(Math.ceil(request.seconds * 1000));

  const sign = goal === "minimise" ? 1 : -1;
  const costOf = ({ score }: Trial) => (score === null ? Number.POSITIVE_INFINITY : sign * score);
  let stoppedBy: SearchResult["stoppedBy"] = "trials";
  while (request.trials === undefined || state.trials.length < request.trials) {
    await setImmediate(); // lets the deadline, a signal and other work through
    throwIfAborted(signal);
    const isFirst = state.trials.length === 0;
    if (deadline?.aborted && !isFirst) {
      stoppedBy = "seconds";
      break;
    }
    const measured = state.trials.map((trial) => ({ ...trial, cost: costOf(trial) }));
    const proposal = propose(space, measured, random);
    if (!proposal) {
      stoppedBy = "exhausted";
      break;
    }
    const trial = await attempt(measure, proposal, {
      share: proposal.share,
      signal: AbortSignal.any([signal, isFirst ? undefined : deadline].filter((each) => each !== undefined)),
      onProgress: progressOfTrial(request, state.trials.length),
    }).catch((error: unknown) => {
      if (deadline?.aborted && !signal?.aborted && !isFirst) return undefined;
      throw error;
    });
    if (!trial) {
      stoppedBy = "seconds";
      break;
    }
    state = { ...state, trials: [...state.trials, trial] };
    await onTrial?.(trial, state);
  }
  return { best: bestOf(state.trials, costOf), trials: state.trials, stoppedBy, state };
}

async function attempt(
  measure: SearchRequest["measure"],
  { point, share }: { point: Point; share: number },
  context: MeasureContext,
): Promise<Trial> {
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  try {
    const score = await measure(point, context);
    if (Number.isFinite(score)) return { point: { ...point }, share, score, seconds: seconds() };
    return { point: { ...point }, share, score: null, failure: `its score is ${score}`, seconds: seconds() };
  } catch (error) {
    if (!isTamisError(error) || error.code !== "analysis") throw error;
    return { point: { ...point }, share, score: null, failure: error.message, seconds: seconds() };
  }
}

function progressOfTrial({ onProgress, trials }: SearchRequest, done: number): OnProgress {
  if (!onProgress) return () => {};
  onProgress({ phase: "search", done, unit: "trials", ...(trials !== undefined && { total: trials }) });
  return (progress) => onProgress({ ...progress, phase: `trial ${done + 1}: ${progress.phase}` });
}

function bestOf(trials: readonly Trial[], costOf: (trial: Trial) => number): SearchResult["best"] {
  const best = trials.reduce<Trial | undefined>(
    (a, b) => (a === undefined || costOf(b) < costOf(a) ? b : a),
    undefined,
  );
  if (best && best.score !== null) return { ...best, score: best.score };
  throw new TamisError(
    "analysis",
    `None of ${trials.length} trials could be measured${best?.failure ? `; the first: ${best.failure}` : "."}`,
  );
}

function findStrategy(name: string) {
  if (Object.hasOwn(strategies, name)) return strategies[name as StrategyName];
  throw new TamisError(
    "invalid_input",
    `No search strategy is named “${name}”; there are: ${strategyNames.join(", ")}${didYouMean(name, strategyNames)}`,
  );
}

const Budget = z.object({ trials: z.int().min(1).optional(), seconds: z.number().positive().optional() });

function checkBudget({ trials, seconds, strategy }: SearchRequest): void {
  parseOptions("search", Budget, { trials, seconds });
  if (trials !== undefined || seconds !== undefined || strategy === "grid") return;
  throw new TamisError("invalid_input", "The search has no budget; give a number of trials or of seconds.");
}

/** The state to go on from. @throws invalid_input unless it is one of the same search */
function resumed(given: unknown, start: SearchState): SearchState {
  const state = parseOptions("search state", State, given);
  for (const part of ["strategy", "goal", "seed", "subject", "space"] as const) {
    const [was, is] = [JSON.stringify(state[part]), JSON.stringify(start[part])];
    if (was === is) continue;
    throw new TamisError(
      "invalid_input",
      `The state is of another search: its ${part} was ${was}, not ${is}; start a new search, or ask for the same.`,
      { details: { part } },
    );
  }
  return state;
}
