import { z } from "zod";
import { feedbackValues, minRating } from "../feedback.ts";

/** What the options of item KNN may be. */
export const ItemKnnOptions = z
  .strictObject({
    /** How a value in an item's vector is weighed. */
    weighting: z.enum(["none", "tf-idf", "bm25"]).default("none"),
    /** Of two items' whole vectors. */
    similarity: z.enum(["cosine", "jaccard", "dot"]).default("cosine"),
    /** Neighbours kept of each item, itself not among them. */
    k: z.int().min(1).default(200),
    /** Added to the denominator of cosine and jaccard. */
    shrinkage: z.number().min(0).default(50),
    /** How fast BM25 stops growing with the value. */
    bm25K1: z.number().min(0).default(1.2),
    /** How much BM25 minds that an item has many ratings: from 0, not, to 1. */
    bm25B: z.number().min(0).max(1).default(0.75),
    values: feedbackValues,
    minRating,
  })
  .refine(({ similarity, weighting }) => similarity !== "jaccard" || weighting === "none", {
    path: ["weighting"],
    message: "jaccard compares sets, so it takes no weighting; leave it out, or use cosine",
  });
export type ItemKnnOptions = z.output<typeof ItemKnnOptions>;

/** Options of {@link itemKnn} of `item-knn.ts`; every one has a default. */
export type ItemKnnInput = z.input<typeof ItemKnnOptions>;
