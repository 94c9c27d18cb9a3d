import { TamisError } from "@tamis/core";
import type { SearchSpaceInput } from "./search-space.ts";

/** Where {@link tune} looks when it is not told: for each algorithm the options that matter most. */
export const searchSpaces: Readonly<Record<string, SearchSpaceInput>> = {
  svd: {
    factors: { values: [20, 50, 100] },
    epochs: { min: 20, max: 120, integer: true },
    learningRate: { min: 0.002, max: 0.02, scale: "log" },
    regularization: { min: 0.02, max: 0.2, scale: "log" },
    initStd: { values: [0.001, 0.01, 0.1] },
  },
};

/** @throws invalid_input for an algorithm without one */
export function searchSpaceOf(name: string): SearchSpaceInput {
  if (Object.hasOwn(searchSpaces, name)) return searchSpaces[name]!;
  throw new TamisError(
    "invalid_input",
    `There is no search space for ${name}: give one, or tune one of ${Object.keys(searchSpaces).join(", ")}.`,
  );
}
