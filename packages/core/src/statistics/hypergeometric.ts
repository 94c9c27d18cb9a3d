import type { Random } from "../random.ts";
import { logFactorial } from "./gamma.ts";

/**
 * How many of `draws` taken without replacement from `marked + others` are marked: a draw from the hypergeometric
 * distribution, by searching outwards from its mode. O(√draws).
 *
 * @source Kachitvichyanukul and Schmeiser, "Computer Generation of Hypergeometric Random Variates", 1985, section 2
 */
export function hypergeometric(random: Random, marked: number, others: number, draws: number): number {
  const [least, most] = [Math.max(0, draws - others), Math.min(draws, marked)];
  if (least === most) return least;
  const mode = Math.floor(((draws + 1) * (marked + 1)) / (marked + others + 2));
  const atMode = Math.exp(
    logChoose(marked, mode) + logChoose(others, draws - mode) - logChoose(marked + others, draws),
  );
  let left = random.uniform() - atMode;
  let [up, down, above, below] = [mode, mode, atMode, atMode];
  while (left >= 0 && (up < most || down > least)) {
    if (up < most) {
      above *= ((marked - up) * (draws - up)) / ((up + 1) * (others - draws + up + 1));
      up++;
      left -= above;
      if (left < 0) return up;
    }
    if (down > least) {
      below *= (down * (others - draws + down)) / ((marked - down + 1) * (draws - down + 1));
      down--;
      left -= below;
      if (left < 0) return down;
    }
  }
  return mode;
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}
