import { type Id, TamisError } from "@tamis/core";
import { loadChampionOf, parseId, titleOf } from "../champion.ts";
import { defineCommand } from "../define-command.ts";
import { wholeNumber } from "../whole-number.ts";

interface Flags {
  readonly n: number;
}

/** `tamis similar ITEM`: what the champion holds most like an item. */
export const similar = defineCommand<Flags, [item: Id]>({
  summary: "List the items most like an item",
  details: [
    "The items that the champion holds most like it, with their similarity: 1 is the same, 0 nothing in common.",
    "Not every model relates items; one that does not says so (exit code 1).",
  ].join("\n"),
  examples: ["tamis similar 1", "tamis similar 1 -n 5 --json"],
  flags: {
    n: { kind: "parsed", parse: wholeNumber(0), default: "10", placeholder: "N", brief: "How many" },
  },
  aliases: { n: "n" },
  positional: {
    kind: "tuple",
    parameters: [{ placeholder: "ITEM", brief: "Id of the item", parse: parseId }],
  },
  async run(context, { n }, itemId) {
    const { similarItems } = await import("@tamis/ml");
    const { findItems } = await import("@tamis/storage");
    const { model, version } = await loadChampionOf(context);
    if (!model.similarity) {
      throw new TamisError(
        "unsupported",
        `Version ${version.version} is a ${model.algorithm} model, which does not relate items to each other. Train one that does, e.g. tamis train --models svd`,
        { details: { algorithm: model.algorithm } },
      );
    }
    const found = similarItems(model, itemId, n);
    const { records } = await context.tamis();
    const items = await findItems(records, [itemId, ...found.map((each) => each.itemId)]);
    const similar = found.map((each) => ({
      item_id: each.itemId,
      title: titleOf(items, each.itemId),
      similarity: each.score,
    }));
    const document = {
      item_id: itemId,
      title: titleOf(items, itemId),
      model_version: version.version,
      algorithm: model.algorithm,
      similar,
    };
    context.output.result(document, () => [
      `like ${context.output.style("bold", document.title)}`,
      "",
      ...(similar.length === 0 ? ["nothing has anything in common with it"] : []),
      ...similar.map(({ similarity, title }) => `${similarity.toFixed(3)}  ${title}`),
    ]);
  },
});
