import { type Id, Id as IdSchema } from "@tamis/core";
import { defineCommand } from "../define-command.ts";
import { recommendToUser } from "../recommend-to-user.ts";
import { recommendationDocument, recommendationLines } from "../recommendation-report.ts";
import { wholeNumber } from "../whole-number.ts";

interface Flags {
  readonly n: number;
}

/** `tamis recommend USER`: the best items the user has not rated, each with a reason. */
export const recommend = defineCommand<Flags, [user: Id]>({
  summary: "Recommend items to a user, each with a reason",
  details: [
    "The best items the user has not rated, from the champion. A user nobody knows gets what is popular. Write",
    "an id that looks like a flag after “--”.",
  ].join("\n"),
  examples: ["tamis recommend 1", "tamis recommend 1 -n 5 --json", "tamis recommend --json -- -n"],
  flags: {
    n: { kind: "parsed", parse: wholeNumber(0), default: "10", placeholder: "N", brief: "How many" },
  },
  aliases: { n: "n" },
  positional: {
    kind: "tuple",
    parameters: [{ placeholder: "USER", brief: "Id of the user", parse: parseUser }],
  },
  async run(context, { n }, userId) {
    const found = await recommendToUser(context, userId, n);
    if (found.modelVersion === null) {
      context.output.note("No model yet: chosen by popularity and genres. Train one with: tamis train");
    }
    context.output.result(recommendationDocument(found), () => recommendationLines(context.output, found));
  },
});

function parseUser(input: string): Id {
  const parsed = IdSchema.safeParse(input);
  if (!parsed.success) throw new Error(`${parsed.error.issues[0]?.message}.`);
  return parsed.data;
}
