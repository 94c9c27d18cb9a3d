import { type Id, TamisError } from "@tamis/core";
import type { Context } from "../context.ts";
import { defineCommand } from "../define-command.ts";
import { modelFlag, type VersionName } from "../load-model.ts";
import { parseId } from "../parse-id.ts";
import { recommendToAll } from "../recommend-to-all.ts";
import { recommendToUser } from "../recommend-to-user.ts";
import { recommendationDocument, recommendationLines } from "../recommendation-report.ts";
import { ids, type RuleFlags, ruleFlags, rulesOf } from "../rule-flags.ts";
import { wholeNumber } from "../whole-number.ts";

interface Flags extends RuleFlags {
  readonly n: number;
  readonly exclude?: readonly Id[];
  readonly after?: readonly Id[];
  readonly model?: VersionName;
  readonly all?: boolean;
  readonly out?: string;
}

/** `tamis recommend USER`: the best items the user has not rated, each with a reason; `--all`: for everybody, to a file. */
export const recommend = defineCommand<Flags, [user?: Id]>({
  summary: "Recommend items to a user, each with a reason, or to all users",
  details: [
    "The best items the user has not rated, from the model that ranks (the ranker), or, without one, from the champion",
    "by the ratings it predicts; it says which, and why. A user nobody knows gets what is popular. Write an id that",
    "looks like a flag after “--”. Each item says which of the rules (genres, years, boosts, diversity…) touched it.",
    "For the next page, name the items of the pages before with --after: none comes again.",
    "",
    "With --all --out FILE everybody gets a list, without reasons: one JSON document a line, or, when the name of",
    "the file ends in .csv, one item a line. The file gets its name when it is complete.",
  ].join("\n"),
  examples: [
    "tamis recommend 1",
    "tamis recommend 1 -n 5 --json",
    "tamis recommend 1 --genre Drama,Comedy --from-year 1990 --per-genre 3 --diversity 0.3",
    "tamis recommend 1 -n 2 --after 318,50",
    "tamis recommend 1 --model champion",
    "tamis recommend --all --out lists.jsonl",
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
    model: modelFlag,
    all: { kind: "boolean", optional: true, withNegated: false, brief: "For every user of the data set" },
    out: {
      kind: "parsed",
      parse: (path) => path,
      optional: true,
      placeholder: "FILE",
      brief: "Where the lists of --all go: .csv, or JSON lines",
    },
  },
  aliases: { n: "n" },
  positional: {
    kind: "tuple",
    parameters: [{ placeholder: "USER", brief: "Id of the user", parse: parseId, optional: true }],
  },
  whenInterrupted: "Interrupted; nothing was written.",
  async run(context, { n, exclude, after, model, all, out, ...flags }, userId) {
    const rules = await rulesOf(flags);
    const request = { ...(rules && { rules }), ...(exclude && { exclude }), ...(model && { asked: model }) };
    if (all) {
      if (userId !== undefined || after || out === undefined) {
        throw usage("--all goes with --out FILE, and neither with a user nor with --after.");
      }
      return writeLists(context, n, out, request);
    }
    if (userId === undefined) throw usage("Name a USER, or give --all --out FILE.");
    if (out !== undefined) throw usage("--out goes with --all.");
    const found = await recommendToUser(context, userId, n, { ...request, ...(after && { shown: after }) });
    if (found.modelVersion === null) {
      context.output.note("No model yet: chosen by popularity and genres. Train one with: tamis train");
    }
    context.output.result(recommendationDocument(found), () => recommendationLines(context.output, found));
  },
});

async function writeLists(
  context: Context,
  n: number,
  out: string,
  request: Parameters<typeof recommendToAll>[3],
): Promise<void> {
  const { users, seconds, modelVersion, algorithm } = await recommendToAll(context, n, out, request);
  const document = { file: out, users, n, seconds, model_version: modelVersion, algorithm };
  context.output.result(document, () => [
    `${users.toLocaleString("en-US")} lists in ${out}, in ${seconds.toFixed(1)} s`,
    modelVersion === null
      ? "no model yet: by popularity and genres"
      : `${algorithm}, version ${modelVersion}`,
  ]);
}

function usage(message: string): TamisError {
  return new TamisError("invalid_input", message);
}
