import type { FlagParametersForType } from "@stricli/core";
import type { TrainingOptions } from "@tamis/ml";
import type { Shell } from "./context.ts";
import { decimal } from "./decimal.ts";
import { wholeNumber } from "./whole-number.ts";

/** The flags that say what a training uses, and what it takes to be promoted. */
export interface TrainingFlags {
  readonly minUserRatings?: number;
  readonly minItemRatings?: number;
  readonly sample?: number;
  readonly knnSample?: number;
  readonly finalSample?: number;
  readonly margin: number;
  readonly significance?: number;
  readonly guardNdcg?: number;
  readonly guardCoverage?: number;
}

const rows = (brief: string) =>
  ({ kind: "parsed", parse: wholeNumber(2), optional: true, placeholder: "ROWS", brief }) as const;
const least = (brief: string) =>
  ({ kind: "parsed", parse: wholeNumber(0), optional: true, placeholder: "N", brief }) as const;
const share = (brief: string) =>
  ({ kind: "parsed", parse: decimal(0, 1), optional: true, placeholder: "SHARE", brief }) as const;

export const trainingFlags: FlagParametersForType<TrainingFlags, Shell> = {
  minUserRatings: least("Leave out users with fewer ratings, and again until there are none"),
  minItemRatings: least("Leave out items with fewer ratings, and again until there are none"),
  sample: rows("Compare models on a sample of so many ratings"),
  knnSample: rows("Let KNN models learn from so many ratings when they are compared"),
  finalSample: rows("Fit the best on a sample of so many ratings"),
  margin: {
    kind: "parsed",
    parse: decimal(0),
    default: "0",
    placeholder: "X",
    brief: "How much better than the champion, in units of the scale",
  },
  significance: {
    kind: "parsed",
    parse: decimal(0, 1),
    optional: true,
    placeholder: "P",
    brief: "Promote only when the difference has a p-value below it, e.g. 0.05",
  },
  guardNdcg: share("The least share of the champion's NDCG@10 [default = 0.25]"),
  guardCoverage: share("The least share of the champion's catalogue coverage [default = 0.25]"),
};

/** What the flags ask for. */
export function trainingOptionsOf(flags: TrainingFlags): TrainingOptions {
  const { minUserRatings, minItemRatings, sample, knnSample, finalSample } = flags;
  return {
    minUserRatings,
    minItemRatings,
    samples: { crossValidation: sample, knn: knnSample, final: finalSample },
    margin: flags.margin,
    significance: flags.significance,
    guards: { ndcg: flags.guardNdcg, catalogueCoverage: flags.guardCoverage },
  };
}
