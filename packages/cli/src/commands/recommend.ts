import type { Id } from "@tamis/core";
import { parseId } from "../champion.ts";
import { defineCommand } from "../define-command.ts";
import { recommendToUser } from "../recommend-to-user.ts";
import { recommendationDocument, recommendationLines } from "../recommendation-report.ts";
import { ids, type RuleFlags, ruleFlags, rulesOf } from "../rule-flags.ts";
import { wholeNumber } from "../whole-number.ts";

interface Flags extends RuleFlags {
  readonly n: number;
  readonly exclude?: readonly Id[];
  readonly after?: readonly Id[];
}

/** `tamis recommend USER`: the best items the user has not rated, each with a reason. */
export const recommend = defineCommand<Flags, [user: Id]>({
  summary: "Recommend items to a user, each with a reason",
  details: [
    "The best items the user has not rated, from the champion. A user nobody knows gets what is popular. Write",
    "an id that looks like a flag after “--”. Each item says which of the rules (genres, years, boosts, diversity…)",
    "touched it. For the next page, name the items of the pages before with --after: none comes again.",
  ].join("\n"),
  examples: [
    "tamis recommend 1",
    "tamis recommend 1 -n 5 --json",
    "tamis recommend 1 --genre Drama,Comedy --from-year 1990 --per-genre 3 --diversity 0.3",
    "tamis recommend 1 -n 2 --after 318,50",
    "tamis recommend --json -- -n",
  ],
  flags: {
    n: { kind: "parsed", parse: wholeNumber(0), default: "10", placeholder: "N", brief: "How many" },
    exclude: { kind: "parsed", parse: ids, optional: true, placeholder: "IDS", brief: "Not these items" },
    after: {
      kind: "parsed",
      parse: ids,
      optional: true,
      placeholder: "IDS",
      brief: "Go on after these, the items of the pages before",
    },
    ...ruleFlags,
  },
  aliases: { n: "n" },
  positional: {
    kind: "tuple",
    parameters: [{ placeholder: "USER", brief: "Id of the user", parse: parseId }],
  },
  async run(context, { n, exclude, after, ...flags }, userId) {
    const rules = await rulesOf(flags);
    const found = await recommendToUser(context, userId, n, {
      ...(rules && { rules }),
      ...(exclude && { exclude }),
      ...(after && { shown: after }),
    });
    if (found.modelVersion === null) {
      context.output.note("No model yet: chosen by popularity and genres. Train one with: tamis train");
    }
    context.output.result(recommendationDocument(found), () => recommendationLines(context.output, found));
  },
});
