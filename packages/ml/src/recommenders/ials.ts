import { z } from "zod";
import { minRating } from "../feedback.ts";
import { parseOptions } from "../parse-options.ts";
import type { Model, ModelTensors, Recommender } from "../recommender.ts";
import type { ModelHeader } from "../scorer.ts";
import { type AlsOptions, fitAls, restoreAls } from "./alternating-least-squares.ts";
import type { Objective } from "./least-squares-rows.ts";
import { recommenderOf } from "./recommender-of.ts";

const algorithm = "ials";

const IalsOptions = z.strictObject({
  /** d, the length of w_u and h_i: the larger the better, and the slower. */
  factors: z.int().min(1).max(10_000).default(64),
  /** Passes over users and items. */
  epochs: z.int().min(1).default(16),
  /** α₀, the weight of the pairs that were not observed. */
  unobservedWeight: z.number().positive().default(0.3),
  /** λ. */
  regularization: z.number().positive().default(0.02),
  /** ν: 1 regularises a row in proportion to its ratings, 0 all rows alike. */
  frequencyExponent: z.number().min(0).default(1),
  /** σ*: the factors start as draws from N(0, σ*² / d). */
  initStd: z.number().positive().default(0.1),
  /**
   * Steps of conjugate gradients that improve a row from where it was; 0 solves it exactly. With 3 the lists are as good
   * (NDCG@10 within .001 on MovieLens 100k and 1M) in a fifth of the time at 100 factors.
   */
  conjugateSteps: z.int().min(0).max(100).default(3),
  minRating,
});
type IalsOptions = z.output<typeof IalsOptions>;

/** Options of {@link ials}; every one has a default. */
export type IalsInput = z.input<typeof IalsOptions>;

/**
 * Matrix factorisation of implicit feedback by alternating least squares, in the parametrisation of Rendle and
 * others: score(u, i) = w_u · h_i minimises, S being the observed pairs,
 *
 *     Σ_{(u,i) ∈ S} (w_u · h_i − 1)² + α₀ Σ_u Σ_i (w_u · h_i)²
 *       + λ (Σ_u (|I_u| + α₀ |I|)^ν |w_u|² + Σ_i (|U_i| + α₀ |U|)^ν |h_i|²)
 *
 * so that a user's row is w_u = (Σ_{i ∈ I_u} h_i h_iᵀ + α₀ HᵀH + λ (|I_u| + α₀ |I|)^ν I)⁻¹ Σ_{i ∈ I_u} h_i. The score
 * is near 1 for what the user is sure to have and near 0 for what not. A fold-in solves the same equation; a
 * forgotten user's trace stays in the h_i. See `ials-hkv.ts` for the parametrisation of Hu, Koren and Volinsky.
 *
 * @default { factors: 64, epochs: 16, unobservedWeight: 0.3, regularization: 0.02, frequencyExponent: 1, initStd: 0.1,
 * conjugateSteps: 3 }
 * @throws invalid_input for an unknown or impossible option; `fit` throws analysis when a factor is not finite
 * @source Rendle, Krichene, Zhang, Koren, "Revisiting the Performance of iALS on Item Recommendation Benchmarks",
 * RecSys 2022 (arXiv 2110.14037), equations (1) to (4)
 */
export function ials(options?: IalsInput): Recommender {
  const parsed = parseOptions(algorithm, IalsOptions, options);
  return recommenderOf({ algorithm, options: parsed, kind: "ranking" }, (header, dense, context) =>
    fitAls(header, dense, alsOptions(parsed), objectiveOf(parsed), context),
  );
}

/** Tensors: see {@link restoreAls}. */
export function restoreIals(header: ModelHeader, tensors: ModelTensors): Model {
  const options = parseOptions(algorithm, IalsOptions, header.options);
  return restoreAls(header, alsOptions(options), objectiveOf(options), tensors);
}

function alsOptions({ initStd, ...options }: IalsOptions): AlsOptions {
  return { ...options, initStd: initStd / Math.sqrt(options.factors), values: "binary" };
}

function objectiveOf({ unobservedWeight, regularization, frequencyExponent }: IalsOptions): Objective {
  return {
    weightOfAll: unobservedWeight,
    weight: () => 1,
    target: () => 1,
    penalty: (observed, columns) =>
      regularization * (observed + unobservedWeight * columns) ** frequencyExponent,
  };
}
