import { z } from "zod";
import { type BaselineInput, BaselineOptions } from "./baselines.ts";
import { type SimilarityName, similarityNames } from "./similarity.ts";

/** Options of every KNN recommender, checked and complete. */
export const KnnOptions = z.strictObject({
  /** Most neighbours that take part in an estimate. */
  k: z.int().min(1).default(40),
  /** With fewer neighbours the algorithm's fall-back is used. */
  minK: z.int().min(1).default(1),
  similarity: z
    .strictObject({
      name: z
        .preprocess(
          (name) => (typeof name === "string" ? name.replaceAll("-", "_") : name),
          z.enum(similarityNames),
        )
        .default("msd"),
      /** Neighbours are users who rated the item; when false, items the user rated. */
      userBased: z.boolean().default(true),
      /** With fewer common ratings a similarity is 0. */
      minSupport: z.int().min(1).default(1),
      /** Of `pearson_baseline`: how many common ratings halve a similarity's weight. */
      shrinkage: z.number().min(0).default(100),
    })
    .prefault({}),
  /** How b_ui is fitted, where it takes part: similarity `pearson_baseline`, recommender `knn-baseline`. */
  baseline: BaselineOptions.prefault({}),
});
export type KnnOptions = z.output<typeof KnnOptions>;

/** Options of a KNN recommender, as a caller writes them: everything has a default. */
export interface KnnInput {
  /** @default 40 */
  readonly k?: number;
  /** @default 1 */
  readonly minK?: number;
  readonly similarity?: {
    /** @default "msd" */
    readonly name?: SimilarityName | "pearson-baseline";
    /** @default true */
    readonly userBased?: boolean;
    /** @default 1 */
    readonly minSupport?: number;
    /** @default 100 */
    readonly shrinkage?: number;
  };
  /** @default { method: "als", epochs: 10, regUser: 15, regItem: 10 } */
  readonly baseline?: BaselineInput;
}
