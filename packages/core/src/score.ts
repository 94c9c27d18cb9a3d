import { TamisError } from "./errors.ts";

/** One part of a weighted score, with what it added. */
export interface ScorePart<Name extends string = string> {
  readonly name: Name;
  /** The part's own score, in units of the scale (0..100 by default); `null` when it is missing. */
  readonly value: number | null;
  /** The weight as given. */
  readonly weight: number;
  /** The weight after the missing parts' share was spread over the others; 0 when missing. They sum to 1. */
  readonly effectiveWeight: number;
  /** `effectiveWeight · value`, 0 when missing. They sum to the score. */
  readonly contribution: number;
}

/** A weighted score that shows its sum. `score` is `null` when a required part, or every weighted part, is missing. */
export interface WeightedScore<Name extends string = string> {
  readonly score: number | null;
  readonly parts: readonly ScorePart<Name>[];
  /** Names of the parts that are there, in the order of the weights. Two scores compare only when these agree. */
  readonly used: readonly Name[];
  readonly missing: readonly Name[];
}

/** Options of {@link weightedScore}. */
export interface WeightedScoreOptions<Name extends string> {
  /** Parts without which there is no score. @default none */
  readonly required?: readonly Name[];
  /** Lowest and highest value a part may have. @default { min: 0, max: 100 } */
  readonly scale?: { readonly min: number; readonly max: number };
}

/**
 * The weighted mean of the parts that are there:
 *
 *     score = Σ w_p · x_p / Σ w_p        over the parts p that are not missing
 *
 * A missing part (`null`, `undefined` or absent) is never counted as 0: its weight is shared by the others in
 * proportion, and its name is reported.
 *
 * @param weights - name to weight, each finite and not negative, at least one positive. They need not sum to 1.
 * @param values - name to the part's score.
 * @throws invalid_input for a NaN, infinite or out-of-scale value, a bad weight, weights that are all 0, or a
 * part without a weight
 *
 * @example
 * const weights = { cpu: 0.3, memory: 0.2, disk: 0.25, network: 0.15, gpu: 0.1 };
 * weightedScore(weights, { cpu: 80, memory: 60, disk: 50 }).score; // 64.66666666666667, without network and gpu
 */
export function weightedScore<Name extends string>(
  weights: Readonly<Record<Name, number>>,
  values: Readonly<Partial<Record<NoInfer<Name>, number | null>>>,
  options: WeightedScoreOptions<NoInfer<Name>> = {},
): WeightedScore<Name> {
  const { required = [], scale = { min: 0, max: 100 } } = options;
  const names = Object.keys(weights) as Name[];
  checkWeights(weights, names);
  for (const name of [...(Object.keys(values) as Name[]), ...required]) checkKnown(name, names);
  for (const name of names) checkValue(name, values[name] ?? null, scale);

  const missing = names.filter((name) => (values[name] ?? null) === null);
  const used = names.filter((name) => !missing.includes(name));
  const total = used.reduce((sum, name) => sum + weights[name], 0);
  const parts = names.map((name): ScorePart<Name> => {
    const value = values[name] ?? null;
    const effectiveWeight = value === null || total === 0 ? 0 : weights[name] / total;
    const contribution = effectiveWeight * (value ?? 0);
    return { name, value, weight: weights[name], effectiveWeight, contribution };
  });
  const scorable = total > 0 && !required.some((name) => missing.includes(name));
  const weighted = used.reduce((sum, name) => sum + weights[name] * (values[name] ?? 0), 0);
  // Rounding may step over an end of the scale by a hair.
  const score = scorable ? Math.min(scale.max, Math.max(scale.min, weighted / total)) : null;
  return { score, parts, used, missing };
}

function checkWeights<Name extends string>(weights: Readonly<Record<Name, number>>, names: Name[]): void {
  for (const name of names) {
    if (Number.isFinite(weights[name]) && weights[name] >= 0) continue;
    throw new TamisError(
      "invalid_input",
      `The weight of “${name}” is ${weights[name]}; a weight is a number of 0 or more.`,
    );
  }
  if (names.some((name) => weights[name] > 0)) return;
  throw new TamisError("invalid_input", "Every weight is 0; at least one must be more.");
}

function checkKnown(name: string, names: readonly string[]): void {
  if (names.includes(name)) return;
  throw new TamisError("invalid_input", `“${name}” has no weight; weights are for: ${names.join(", ")}.`);
}

function checkValue(name: string, value: number | null, scale: { min: number; max: number }): void {
  if (value === null || (value >= scale.min && value <= scale.max)) return;
  throw new TamisError(
    "invalid_input",
    `The score of “${name}” is ${value}; it must be a number from ${scale.min} to ${scale.max}.`,
    { details: { part: name } },
  );
}
