import type { FlagParametersForType } from "@stricli/core";
import type { Id } from "@tamis/core";
import type { RecommendRules } from "@tamis/ml";
import type { Shell } from "./context.ts";
import { decimal } from "./decimal.ts";
import { parseId } from "./parse-id.ts";
import { wholeNumber } from "./whole-number.ts";

/** The rules of a list as flags. */
export interface RuleFlags {
  readonly genre?: readonly string[];
  readonly notGenre?: readonly string[];
  readonly fromYear?: number;
  readonly toYear?: number;
  readonly include?: readonly Id[];
  readonly minScore?: number;
  readonly boost?: Readonly<Record<string, number>>;
  readonly perGenre?: number;
  readonly diversity?: number;
}

const listed =
  <T>(parse: (word: string) => T) =>
  (input: string): T[] =>
    input.split(",").map((word) => {
      if (word.trim() === "") throw new Error("expected values separated by commas, none of them empty.");
      return parse(word.trim());
    });
const word = (input: string) => input;

/** Parser of ids separated by commas. */
export const ids: (input: string) => Id[] = listed(parseId);

export const ruleFlags: FlagParametersForType<RuleFlags, Shell> = {
  genre: {
    kind: "parsed",
    parse: listed(word),
    optional: true,
    placeholder: "NAMES",
    brief: "Only items of one of these genres",
  },
  notGenre: {
    kind: "parsed",
    parse: listed(word),
    optional: true,
    placeholder: "NAMES",
    brief: "No item of these genres",
  },
  fromYear: {
    kind: "parsed",
    parse: wholeNumber(0),
    optional: true,
    placeholder: "YEAR",
    brief: "Only items of this year or later",
  },
  toYear: {
    kind: "parsed",
    parse: wholeNumber(0),
    optional: true,
    placeholder: "YEAR",
    brief: "Only items of this year or earlier",
  },
  include: { kind: "parsed", parse: ids, optional: true, placeholder: "IDS", brief: "Only these items" },
  minScore: {
    kind: "parsed",
    parse: decimal(),
    optional: true,
    placeholder: "SCORE",
    brief: "Only items of this score or more",
  },
  boost: {
    kind: "parsed",
    parse: boosts,
    optional: true,
    placeholder: "GENRE=X",
    brief: "Multiply the scores of genres, e.g. Drama=1.2,Horror=0.5",
  },
  perGenre: {
    kind: "parsed",
    parse: wholeNumber(1),
    optional: true,
    placeholder: "N",
    brief: "At most so many of each genre",
  },
  diversity: {
    kind: "parsed",
    parse: decimal(),
    optional: true,
    placeholder: "W",
    brief: "How much they should differ, 0 to 1",
  },
};

/** What the flags ask for; `undefined` when none was given. */
export async function rulesOf(flags: RuleFlags): Promise<RecommendRules | undefined> {
  const { genre, notGenre, fromYear, toYear, include, minScore, boost = {}, perGenre, diversity } = flags;
  const { itemFilter } = await import("@tamis/ml");
  const filter = {
    ...(genre && { genres: genre }),
    ...(notGenre && { notGenres: notGenre }),
    ...(fromYear !== undefined && { fromYear }),
    ...(toYear !== undefined && { toYear }),
  };
  const boosts = Object.entries(boost).map(([name, factor]) => ({
    name,
    factor,
    where: itemFilter({ genres: [name] }),
  }));
  const rules: RecommendRules = {
    ...(Object.keys(filter).length > 0 && { where: itemFilter(filter) }),
    ...(include && { include }),
    ...(minScore !== undefined && { minimumScore: minScore }),
    ...(boosts.length > 0 && { boosts }),
    ...(perGenre !== undefined && { cap: { most: perGenre } }),
    ...(diversity !== undefined && { diversity }),
  };
  return Object.keys(rules).length > 0 ? rules : undefined;
}

function boosts(input: string): Record<string, number> {
  return Object.fromEntries(
    listed(word)(input).map((pair) => {
      const found = /^(.+)=(\d+(?:\.\d+)?)$/.exec(pair);
      if (!found || Number(found[2]) === 0) throw new Error("expected GENRE=FACTOR, the factor above 0.");
      return [found[1]!, Number(found[2])];
    }),
  );
}
