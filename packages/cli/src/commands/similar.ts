import { type Id, type Item, TamisError } from "@tamis/core";
import type { LoadedVersion } from "@tamis/ml";
import type { Context } from "../context.ts";
import { defineCommand } from "../define-command.ts";
import { loadModel, modelFlag, type VersionName } from "../load-model.ts";
import { parseId } from "../parse-id.ts";
import { titleOf } from "../title-of.ts";
import { wholeNumber } from "../whole-number.ts";

interface Flags {
  readonly n: number;
  readonly user?: { readonly id: Id };
  readonly model?: VersionName;
}

/** `tamis similar ITEM`, `tamis similar --user USER`: what a model holds most like an item, or whom most like a user. */
export const similar = defineCommand<Flags, [item?: Id]>({
  summary: "List the items most like an item, or the users most like a user",
  details: [
    "What the model that makes the lists holds most like it, with the similarity: 1 is the same, 0 nothing in common.",
    "Not every model relates items, or users; one that does not says so (exit code 1). Who is like whom is personal",
    "data: for those who run the system, not for its users.",
  ].join("\n"),
  examples: ["tamis similar 1", "tamis similar 1 -n 5 --json", "tamis similar --user 42 --model champion"],
  flags: {
    n: { kind: "parsed", parse: wholeNumber(0), default: "10", placeholder: "N", brief: "How many" },
    user: {
      kind: "parsed",
      parse: (input: string) => ({ id: parseId(input) }),
      optional: true,
      placeholder: "USER",
      brief: "List users like this one instead",
    },
    model: modelFlag,
  },
  aliases: { n: "n" },
  positional: {
    kind: "tuple",
    parameters: [{ placeholder: "ITEM", brief: "Id of the item", parse: parseId, optional: true }],
  },
  async run(context, { n, user, model: asked }, itemId) {
    if ((user === undefined) === (itemId === undefined)) {
      throw new TamisError("invalid_input", "Name either an item or, with --user, a user.");
    }
    const loaded = await loadModel(context, asked);
    if (itemId !== undefined) await showItems(context, loaded, itemId, n);
    else await showUsers(context, loaded, user!.id, n);
  },
});

async function showItems(
  context: Context,
  { model, version }: LoadedVersion,
  itemId: Id,
  n: number,
): Promise<void> {
  const { similarItems } = await import("@tamis/ml");
  const { findItems } = await import("@tamis/storage");
  if (!model.similarity) throw relatesNothing("items", model.algorithm, version.version, "svd");
  const found = similarItems(model, itemId, n);
  const { records } = await context.tamis();
  const items: ReadonlyMap<Id, Item> = await findItems(records, [
    itemId,
    ...found.map((each) => each.itemId),
  ]);
  const similar = found.map((each) => ({
    item_id: each.itemId,
    title: titleOf(items, each.itemId),
    similarity: each.score,
  }));
  const title = titleOf(items, itemId);
  const document = {
    item_id: itemId,
    title,
    model_version: version.version,
    algorithm: model.algorithm,
    similar,
  };
  context.output.result(document, () => [
    `like ${context.output.style("bold", title)}`,
    "",
    ...(similar.length === 0 ? ["nothing has anything in common with it"] : []),
    ...similar.map((each) => `${each.similarity.toFixed(3)}  ${each.title}`),
  ]);
}

async function showUsers(
  context: Context,
  { model, version }: LoadedVersion,
  userId: Id,
  n: number,
): Promise<void> {
  const { similarUsers } = await import("@tamis/ml");
  if (!model.userSimilarity) throw relatesNothing("users", model.algorithm, version.version, "svd");
  const similar = similarUsers(model, userId, n).map((each) => ({
    user_id: each.userId,
    similarity: each.score,
  }));
  const document = {
    user_id: userId,
    model_version: version.version,
    algorithm: model.algorithm,
    similar,
  };
  context.output.result(document, () => [
    `like user ${context.output.style("bold", String(userId))}`,
    "",
    ...(similar.length === 0 ? ["nobody has anything in common with them"] : []),
    ...similar.map((each) => `${each.similarity.toFixed(3)}  user ${each.user_id}`),
  ]);
}

function relatesNothing(what: string, algorithm: string, version: number, other: string): TamisError {
  return new TamisError(
    "unsupported",
    `Version ${version} is a ${algorithm} model, which does not relate ${what} to each other. Ask another with --model, or train one that does, e.g. tamis train --models ${other}`,
    { details: { algorithm } },
  );
}
