import type { FitWatch, Model } from "./recommender.ts";

/** A {@link FitWatch} as the loop of an algorithm knows it, which learns arrays and knows of no models. */
export interface EpochWatch<Learnt> {
  readonly every: number;
  /** True ends the loop. What is given stays as it is while learning goes on. */
  look(learnt: Learnt, epochs: number): Promise<boolean>;
}

interface EpochOptions {
  readonly epochs: number;
  readonly rateDecay?: number | undefined;
}

/**
 * Learns and makes a model of it: of what the last epoch left, or the one at which who watches said that it is enough.
 *
 * @param learn - calls {@link endsAfter} after each epoch
 * @param modelOf - makes a model of what was learnt; `options` are those that would have led to it
 */
export async function fitWatched<Learnt, Options extends EpochOptions>(
  options: Options,
  watch: FitWatch | undefined,
  learn: (watch: EpochWatch<Learnt> | undefined) => Promise<Learnt>,
  modelOf: (learnt: Learnt, options: Options) => Model,
): Promise<Model> {
  let last: Model | undefined;
  const learnt = await learn(
    watch && {
      every: watch.every,
      look(learnt, epochs) {
        last = modelOf(learnt, shortened(options, epochs));
        return watch.look(last, epochs);
      },
    },
  );
  return last ?? modelOf(learnt, options);
}

/** Whether a loop ends after this epoch of `total`: asks who watches, if it is time to look. */
export async function endsAfter<Learnt>(
  watch: EpochWatch<Learnt> | undefined,
  epoch: number,
  total: number,
  learnt: () => Learnt,
): Promise<boolean> {
  if (!watch || (epoch % watch.every !== 0 && epoch < total)) return false;
  return watch.look(learnt(), epoch);
}

/**
 * The options whose fit takes the same steps as the first epochs of these. Rates that fall from γ to γ (1 − δ) in T epochs
 * have come to γ (1 − δ (e − 1) / (T − 1)) in epoch e; rounding aside, these are the same rates.
 */
export function shortened<Options extends EpochOptions>(options: Options, epochs: number): Options {
  if (epochs === options.epochs) return options;
  if (!options.rateDecay) return { ...options, epochs };
  return { ...options, epochs, rateDecay: (options.rateDecay * (epochs - 1)) / (options.epochs - 1) };
}
