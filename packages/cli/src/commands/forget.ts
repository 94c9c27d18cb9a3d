import { type Id, TamisError } from "@tamis/core";
import { actor } from "../actor.ts";
import { defineCommand } from "../define-command.ts";
import { modelName } from "../model-document.ts";
import { parseId } from "../parse-id.ts";

interface Flags {
  readonly yes?: boolean;
}

/** What still holds the user when the models in use do not any more. */
const stillHeld = [
  "earlier versions of the models",
  "the counts of what is popular, beside each model",
  "the ratings and the snapshots: the next training on them learns the user anew",
];

/** `tamis forget USER --yes`: take a user out of the models in use. */
export const forget = defineCommand<Flags, [user: Id]>({
  summary: "Take a user out of the models in use",
  details: [
    "Replaces the champion and the ranker, where they know the user, by versions without: exactly what training",
    "without them would have given, where the algorithm can do that; else the version is marked, and the next",
    "training replaces it whatever the figures say.",
    "",
    "This is about the models in use only. Still held by:",
    ...stillHeld.map((place) => `  ${place}`),
    "",
    "Without --yes nothing is done (exit code 6).",
  ].join("\n"),
  examples: ["tamis forget 42 --yes", "tamis forget 42 --yes --json"],
  flags: {
    yes: { kind: "boolean", optional: true, withNegated: false, brief: "Do it: it cannot be undone" },
  },
  positional: {
    kind: "tuple",
    parameters: [{ placeholder: "USER", brief: "Id of the user", parse: parseId }],
  },
  async run(context, { yes }, userId) {
    if (!yes) {
      throw new TamisError(
        "refused",
        `The models in use would forget user ${userId}, for good. Nothing was done; confirm with: tamis forget ${userId} --yes`,
      );
    }
    const { forgetUser } = await import("@tamis/ml");
    const { modelCatalog, readHost, runTracker, withLock } = await import("@tamis/storage");
    const { records, objects } = await context.tamis();
    const forgotten = await withLock(records, "train", () =>
      forgetUser({
        objects,
        catalog: modelCatalog(records),
        tracker: runTracker({ records, objects }, { host: readHost().machine }),
        model: modelName,
        actor,
        userId,
      }),
    );
    const document = { user_id: userId, forgotten, still_held: stillHeld };
    context.output.result(document, () => [
      ...(forgotten.length === 0 ? [`no model in use knows user ${userId}`] : []),
      ...forgotten.map(
        ({ role, algorithm, from, version, exact }) =>
          `${role}: ${algorithm}, version ${from} → ${version}, ${exact ? "exactly as if never seen" : "traces are left: train again"}`,
      ),
      "",
      "Still held by:",
      ...stillHeld.map((place) => `  ${place}`),
    ]);
  },
});
