import type { Recommender } from "../recommender.ts";
import {
  restoreSvdPlusPlusModel,
  type SvdPlusPlusInput,
  svdPlusPlusRecommender,
} from "./svd-plus-plus-fit.ts";

/**
 * The model of {@link svdPlusPlus}, learnt by other steps: those for y are gathered over a user's ratings, and their
 * mean is taken once per user. What gorse published its figures with; the options are the same.
 *
 * @default as {@link svdPlusPlus}
 * @throws as {@link svdPlusPlus}
 * @source gorse, commit 59debb33 of 2019, `SVDpp`; see `kernels/plain-svd-plus-plus.ts`
 */
export function svdPlusPlusAccumulated(options?: SvdPlusPlusInput): Recommender {
  return svdPlusPlusRecommender("svd-plus-plus-accumulated", true, options);
}

export const restoreSvdPlusPlusAccumulated = restoreSvdPlusPlusModel;
