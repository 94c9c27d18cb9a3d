import type { TypedFlagParameter } from "@stricli/core";
import type { Shell } from "./context.ts";
import { wholeNumber } from "./whole-number.ts";

/** What every command with chance in it takes. */
export const seedFlag: TypedFlagParameter<number, Shell> = {
  kind: "parsed",
  parse: wholeNumber(0),
  default: "42",
  placeholder: "S",
  brief: "Seed of all that is random",
};
