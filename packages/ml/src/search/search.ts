import { setImmediate } from "node:timers/promises";
import { createRandom, type OnProgress, TamisError, throwIfAborted } from "@tamis/core";
import { z } from "zod";
import { didYouMean } from "../did-you-mean.ts";
import { parseOptions } from "../parse-options.ts";
import { nextProposal } from "./next-proposal.ts";
import { beginTrial, type RunningTrial } from "./running-trial.ts";
import { type Point, parseSearchSpace, type SearchSpaceInput } from "./search-space.ts";
import { isBlind, type StrategyName, strategies, strategyNames } from "./strategies.ts";

const PointSchema = z.record(z.string(), z.union([z.number(), z.string(), z.boolean()]));

const Trial = z.strictObject({
  point: PointSchema,
  /** Of the full effort; less than 1 only in successive halving. */
  share: z.number().positive().max(1),
  /** `null` when it could not be measured. */
  score: z.number().nullable(),
  /** Why not. */
  failure: z.string().optional(),
  /** See {@link Measurement.settled}. */
  settled: PointSchema.optional(),
  seconds: z.number().min(0),
});

const State = z.strictObject({
  version: z.literal(1),
  strategy: z.string(),
  goal: z.string(),
  seed: z.number(),
  subject: z.string(),
  space: z.unknown(),
  /** Absent in states of when a trial always knew all before it. */
  pending: z.int().min(0).default(0),
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
   * score. With `parallel` it is called for several points before the first has its score.
   *
   * @param point - options, by their paths
   * @param context - `share`: the part of the full effort (epochs) to spend
   */
  readonly measure: (point: Point, context: MeasureContext) => Promise<number | Measurement>;
  /** @default "minimise" */
  readonly goal?: "minimise" | "maximise";
  /** @default "tpe" */
  readonly strategy?: StrategyName;
  /** How many trials are measured at the same time. What they are and which is best does not depend on it. @default 1 */
  readonly parallel?: number;
  /**
   * How many of the trials right before it a proposal takes for bad ones, without their scores: so many and one can be
   * measured at the same time. Always counts, whatever `parallel`, so that the search is the same on every machine.
   * `random` and `grid`, which look at no score, have no such limit.
   * @default 3
   */
  readonly pending?: number;
  /** How many points to measure, those of `state` included. */
  readonly trials?: number;
  /**
   * How long to go on. Trials that are running then are stopped and forgotten, but for the very first one; with them
   * those after them. How many trials fit in depends on the machine; what each of them is does not.
   */
  readonly seconds?: number;
  /** @default 42 */
  readonly seed?: number;
  /** What is measured on what; a state goes on only with the same. @default "" */
  readonly subject?: string;
  /** Goes on from here: the result is the one of a search that was never interrupted. */
  readonly state?: unknown;
  /** After each trial, in the order of the proposals; waited for, so that the state can be stored. */
  readonly onTrial?: (trial: Trial, state: SearchState) => void | Promise<void>;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** A score, with what else was found. */
export interface Measurement {
  readonly score: number;
  /** Options that turned out while it was measured: where training was best. */
  readonly settled?: Point;
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
 * Trials are proposed and recorded one after the other, but with `parallel` several are measured at a time: a proposal does
 * without the scores of the last `pending` ones, which count as bad, so that the next is sought elsewhere (the
 * "constant liar"). What comes out depends on the seed and the options, not on `parallel` nor on which trial was quicker.
 *
 * @source Ginsbourger, Le Riche, Carraro, "Kriging Is Well-Suited to Parallelize Optimization", 2010, section 4.2.2, with
 * the largest lie
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
  const { measure, goal = "minimise", strategy = "tpe", seed = 42, subject = "", parallel = 1 } = request;
  const { onTrial, signal } = request;
  const space = parseSearchSpace(request.space);
  checkStrategy(strategy);
  checkBudget(request);
  const pending = isBlind(strategy) ? 0 : (request.pending ?? 3);
  const proposing = { strategy, space, pending, random: createRandom(seed) };
  const start: SearchState = { version: 1, strategy, goal, seed, subject, space, pending, trials: [] };
  let state = request.state === undefined ? start : resumed(request.state, start);
  const deadline =
    request.seconds === undefined ? undefined : AbortSignal.timeout(Math.ceil(request.seconds * 1000));

  const sign = goal === "minimise" ? 1 : -1;
  const costOf = ({ score }: Trial) => (score === null ? Number.POSITIVE_INFINITY : sign * score);
  const stop = new AbortController();
  /** Oldest first: begun, done or not, but not recorded. */
  const running: RunningTrial[] = [];
  let stoppedBy: SearchResult["stoppedBy"] | undefined;
  try {
    for (;;) {
      await setImmediate(); // lets the deadline, a signal and other work through
      throwIfAborted(signal);
      for (let end = running[0]?.end; typeof end === "object" && "trial" in end; end = running[0]?.end) {
        running.shift();
        state = { ...state, trials: [...state.trials, end.trial] };
        await onTrial?.(end.trial, state);
      }
      for (const { end } of running) if (typeof end === "object" && "error" in end) throw end.error;
      const begun = state.trials.length + running.length;
      if (deadline?.aborted && begun > 0) stoppedBy = "seconds";
      if (running[0]?.end === "late") break;
      const active = running.filter(({ end }) => end === undefined);
      const isEnough = stoppedBy !== undefined || begun >= (request.trials ?? Number.POSITIVE_INFINITY);
      if (!isEnough && active.length < parallel) {
        const measured = state.trials.map((trial) => ({ ...trial, cost: costOf(trial) }));
        const proposals = running.map(({ proposal }) => proposal);
        const proposal = nextProposal(proposing, measured, proposals);
        if (proposal === undefined) stoppedBy = "exhausted";
        else if (proposal !== "later") {
          const context = {
            signals: [signal, stop.signal],
            deadline: begun === 0 ? undefined : deadline,
            onProgress: progressOfTrial(request, state.trials.length, begun),
          };
          running.push(beginTrial(measure, proposal, context));
          continue;
        }
      }
      if (running.length === 0) break;
      await Promise.race(active.map(({ done }) => done));
    }
  } finally {
    stop.abort();
    await Promise.all(running.map(({ done }) => done));
  }
  const { trials } = state;
  return { best: bestOf(trials, costOf), trials, stoppedBy: stoppedBy ?? "trials", state };
}

function progressOfTrial({ onProgress, trials }: SearchRequest, done: number, index: number): OnProgress {
  if (!onProgress) return () => {};
  onProgress({ phase: "search", done, unit: "trials", ...(trials !== undefined && { total: trials }) });
  return (progress) => onProgress({ ...progress, phase: `trial ${index + 1}: ${progress.phase}` });
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

function checkStrategy(name: string): void {
  if (Object.hasOwn(strategies, name)) return;
  throw new TamisError(
    "invalid_input",
    `No search strategy is named “${name}”; there are: ${strategyNames.join(", ")}${didYouMean(name, strategyNames)}`,
  );
}

const Budget = z.object({
  trials: z.int().min(1).optional(),
  seconds: z.number().positive().optional(),
  parallel: z.int().min(1).max(256).optional(),
  pending: z.int().min(0).max(1000).optional(),
});

function checkBudget({ trials, seconds, strategy, parallel, pending }: SearchRequest): void {
  parseOptions("search", Budget, { trials, seconds, parallel, pending });
  if (trials !== undefined || seconds !== undefined || strategy === "grid") return;
  throw new TamisError("invalid_input", "The search has no budget; give a number of trials or of seconds.");
}

/** The state to go on from. @throws invalid_input unless it is one of the same search */
function resumed(given: unknown, start: SearchState): SearchState {
  const state = parseOptions("search state", State, given);
  for (const part of ["strategy", "goal", "seed", "subject", "space", "pending"] as const) {
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
