import { isTamisError } from "@tamis/core";
import type { MeasureContext, Measurement, SearchRequest, Trial } from "./search.ts";
import type { Proposal } from "./strategy.ts";

/** A trial that has begun. */
export interface RunningTrial {
  readonly proposal: Proposal;
  /** Never rejected. */
  readonly done: Promise<void>;
  /** Set when it is done; `late`: the deadline stopped it. */
  end?: { readonly trial: Trial } | { readonly error: unknown } | "late";
}

/**
 * Begins to measure a proposal.
 *
 * @param context - `signals` of any of which it stops; `deadline` is one too, but what fails after it is only late
 */
export function beginTrial(
  measure: SearchRequest["measure"],
  proposal: Proposal,
  {
    signals,
    deadline,
    onProgress,
  }: Pick<MeasureContext, "onProgress"> & {
    readonly signals: readonly (AbortSignal | undefined)[];
    readonly deadline: AbortSignal | undefined;
  },
): RunningTrial {
  const signal = AbortSignal.any([...signals, deadline].filter((each) => each !== undefined));
  const running: RunningTrial = {
    proposal,
    done: attempt(measure, proposal, { share: proposal.share, signal, onProgress }).then(
      (trial) => {
        running.end = { trial };
      },
      (error: unknown) => {
        running.end = deadline?.aborted ? "late" : { error };
      },
    ),
  };
  return running;
}

async function attempt(
  measure: SearchRequest["measure"],
  { point, share }: Proposal,
  context: MeasureContext,
): Promise<Trial> {
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  try {
    const measured = await measure(point, context);
    const { score, settled }: Measurement = typeof measured === "number" ? { score: measured } : measured;
    const trial = { point: { ...point }, share, seconds: seconds() };
    if (!Number.isFinite(score)) return { ...trial, score: null, failure: `its score is ${score}` };
    return { ...trial, score, ...(settled && { settled: { ...settled } }) };
  } catch (error) {
    if (!isTamisError(error) || error.code !== "analysis") throw error;
    return { point: { ...point }, share, score: null, failure: error.message, seconds: seconds() };
  }
}
