import type { TypedFlagParameter } from "@stricli/core";
import { type RatingWindow, TamisError } from "@tamis/core";
import type { Shell } from "./context.ts";
import { instant } from "./pipeline-flags.ts";
import { wholeNumber } from "./whole-number.ts";

/** The flags that say which ratings are meant. */
export interface WindowFlags {
  readonly snapshot?: string;
  readonly since?: Date;
  readonly last?: number;
}

export const windowFlags = {
  snapshot: {
    kind: "parsed",
    parse: (digest: string) => digest,
    optional: true,
    placeholder: "S",
    brief: "Snapshot (8 digits of its digest, or more) instead of the current one",
  } satisfies TypedFlagParameter<string | undefined, Shell>,
  since: {
    kind: "parsed",
    parse: instant,
    optional: true,
    placeholder: "WHEN",
    brief: "Only ratings of this instant or later, e.g. 2026-11-20",
  } satisfies TypedFlagParameter<Date | undefined, Shell>,
  last: {
    kind: "parsed",
    parse: wholeNumber(1),
    optional: true,
    placeholder: "N",
    brief: "Only the latest N ratings",
  } satisfies TypedFlagParameter<number | undefined, Shell>,
};

/** The name of a baseline, for the commands that take one. */
export const baselineFlag = {
  kind: "parsed",
  parse: (name: string) => name,
  default: "default",
  placeholder: "NAME",
  brief: "Name of the baseline",
} satisfies TypedFlagParameter<string, Shell>;

/** What the flags say, with the snapshot's whole digest. */
export function windowOf(
  { snapshot, since, last }: WindowFlags,
  known: readonly { readonly digest: string }[],
): RatingWindow {
  const found =
    snapshot === undefined || snapshot.length < 8
      ? undefined
      : known.find(({ digest }) => digest.startsWith(snapshot));
  if (snapshot !== undefined && found === undefined) {
    throw new TamisError("not_found", `There is no snapshot ${snapshot}. List them with: tamis lake list`);
  }
  return { snapshot: found?.digest, since, last };
}
