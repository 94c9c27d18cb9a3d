import { type Id, type Item, TamisError } from "@tamis/core";
import type { Contribution } from "@tamis/ml";
import { defineCommand } from "../define-command.ts";
import { loadModel, modelFlag, type VersionName } from "../load-model.ts";
import { parseId } from "../parse-id.ts";
import { titleOf } from "../title-of.ts";
import { wholeNumber } from "../whole-number.ts";

interface Flags {
  readonly n: number;
  readonly model?: VersionName;
}

/** `tamis explain USER ITEM`: what the score of an item for a user is made of. */
export const explain = defineCommand<Flags, [user: Id, item: Id]>({
  summary: "Take the score of an item for a user apart",
  details: [
    "What the score is the sum of, by the model that makes the lists: items that the user rated, neighbours, or terms of the model's formula.",
    "A user the model does not know is explained by what they rated, where the model can do that.",
  ].join("\n"),
  examples: ["tamis explain 1 318", "tamis explain 1 318 -n 3 --json"],
  flags: {
    n: {
      kind: "parsed",
      parse: wholeNumber(1),
      default: "10",
      placeholder: "N",
      brief: "How many lines, the largest first",
    },
    model: modelFlag,
  },
  aliases: { n: "n" },
  positional: {
    kind: "tuple",
    parameters: [
      { placeholder: "USER", brief: "Id of the user", parse: parseId },
      { placeholder: "ITEM", brief: "Id of the item", parse: parseId },
    ],
  },
  async run(context, { n, model: asked }, userId, itemId) {
    const { allItems, ratingsOfUser } = await import("@tamis/storage");
    const { model, version } = await loadModel(context, asked);
    if (!model.explain) {
      throw new TamisError(
        "unsupported",
        `Version ${version.version} is a ${model.algorithm} model, whose scores cannot be taken apart. Train one whose can, e.g. tamis train --models knn-baseline`,
        { details: { algorithm: model.algorithm } },
      );
    }
    if (!model.knowsItem(itemId)) {
      throw new TamisError("not_found", `The model does not know item ${itemId}: nobody had rated it.`, {
        details: { itemId: String(itemId) },
      });
    }
    const { records } = await context.tamis();
    const isNamed = model.knowsUser(userId) && !model.foldsInExactly;
    const history = isNamed || !model.foldIn ? [] : await ratingsOfUser(records, userId);
    const { score, contributions } = model.explain(history.length > 0 ? history : userId, itemId);
    const items = new Map<Id, Item>((await allItems(records)).map((item) => [item.itemId, item]));
    const bySize = [...contributions].sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
    const shown = bySize.slice(0, n);
    const rest = bySize.slice(n).reduce((sum, { value }) => sum + value, 0);
    const kind = model.kind ?? "rating";
    const document = {
      user_id: userId,
      item_id: itemId,
      title: titleOf(items, itemId),
      model_version: version.version,
      algorithm: model.algorithm,
      kind,
      known_user: model.knowsUser(userId),
      score,
      contributions: shown.map((part) => contributionDocument(part, items)),
      others: { count: bySize.length - shown.length, value: rest },
    };
    const line = (value: number, what: string) => `${value.toFixed(4).padStart(9)}  ${what}`;
    context.output.result(document, () => [
      context.output.style("bold", document.title),
      "",
      ...shown.map((part) => line(part.value, nameOf(part, items))),
      ...(bySize.length > shown.length ? [line(rest, `${bySize.length - shown.length} others`)] : []),
      line(
        score,
        kind === "rating" ? "the estimated rating, before it is clipped to the scale" : "the score",
      ),
    ]);
  },
});

function contributionDocument(part: Contribution, items: ReadonlyMap<Id, Item>): Record<string, unknown> {
  if ("itemId" in part) {
    return { item_id: part.itemId, title: titleOf(items, part.itemId), value: part.value };
  }
  return "userId" in part
    ? { user_id: part.userId, value: part.value }
    : { term: part.term, value: part.value };
}

function nameOf(part: Contribution, items: ReadonlyMap<Id, Item>): string {
  if ("itemId" in part) return titleOf(items, part.itemId);
  return "userId" in part ? `user ${part.userId}` : part.term.replaceAll("_", " ");
}
