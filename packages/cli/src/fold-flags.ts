import type { FlagParametersForType } from "@stricli/core";
import type { Shell } from "./context.ts";
import { seedFlag } from "./seed-flag.ts";
import { wholeNumber } from "./whole-number.ts";

/** What every measurement on folds takes. */
export interface FoldFlags {
  readonly folds: number;
  readonly seed: number;
}

export const foldFlags: FlagParametersForType<FoldFlags, Shell> = {
  folds: {
    kind: "parsed",
    parse: wholeNumber(2),
    default: "3",
    placeholder: "K",
    brief: "Number of folds",
  },
  seed: seedFlag,
};
