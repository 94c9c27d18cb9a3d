import { incompleteBeta } from "./beta.ts";
import { upperGamma } from "./gamma.ts";

/** P(X ≥ x) for a chi-square X with `degrees` of freedom. NaN when there are none. */
export function chiSquareTail(x: number, degrees: number): number {
  if (degrees <= 0) return Number.NaN;
  return x === Infinity ? 0 : upperGamma(degrees / 2, x / 2);
}

/** P(|Z| ≥ |z|) for a standard normal Z. */
export function normalTwoSided(z: number): number {
  return Math.abs(z) === Infinity ? 0 : upperGamma(0.5, (z * z) / 2);
}

/** P(|T| ≥ |t|) for a T of Student's distribution with `degrees` of freedom, which need not be whole. */
export function studentTwoSided(t: number, degrees: number): number {
  return Math.abs(t) === Infinity ? 0 : incompleteBeta(degrees / 2, 0.5, degrees / (degrees + t * t));
}
