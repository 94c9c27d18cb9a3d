import type { SplitName } from "@tamis/ml";
import { defineCommand } from "../define-command.ts";
import { evaluationDocument, evaluationLines } from "../evaluation-report.ts";
import { type FoldFlags, foldFlags } from "../fold-flags.ts";
import { jsonObject } from "../json-object.ts";

interface Flags extends FoldFlags {
  readonly model: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly preset?: boolean;
  readonly lists: boolean;
  readonly split: SplitName;
}

/** `tamis evaluate --model NAME`: cross-validation of one model on the current data set. */
export const evaluate = defineCommand<Flags>({
  summary: "Cross-validate one model on the data set",
  details: [
    "Splits the ratings into folds, learns from all but one, and measures on that one: the error of the estimated",
    "ratings (RMSE and MAE, in units of the rating scale; FCP, how often two items are in the right order). With",
    "--lists, and for a model that only ranks, it also says how good the lists of ten are (NDCG, recall…, over the",
    "full catalogue): the two disagree. It warns when a split lets the model learn from the future; --split time-cut",
    "does not. The same seed gives the same numbers. Nothing is stored.",
  ].join("\n"),
  examples: [
    "tamis evaluate --model svd",
    "tamis evaluate --model svd --preset --lists",
    "tamis evaluate --model svd --split time-cut",
    'tamis evaluate --model knn-basic --folds 5 --options \'{"k":20,"similarity":{"name":"pearson"}}\' --json',
  ],
  flags: {
    model: {
      kind: "parsed",
      parse: (name) => name,
      placeholder: "NAME",
      brief: "svd, knn-baseline, ease, ials… an unknown name lists them all",
    },
    ...foldFlags,
    split: {
      kind: "enum",
      values: [
        "k-fold",
        "repeated-k-fold",
        "shuffle",
        "leave-one-out",
        "last-of-user",
        "time-cut",
        "strong-generalisation",
      ],
      default: "k-fold",
      brief: "How the ratings are cut; repeated: three times; those after shuffle have one fold",
    },
    options: {
      kind: "parsed",
      parse: jsonObject,
      default: "{}",
      placeholder: "JSON",
      brief: "Options of the model, e.g. '{\"factors\":50}'",
    },
    preset: {
      kind: "boolean",
      optional: true,
      withNegated: false,
      brief: "Begin with the options tuned for this number of ratings",
    },
    lists: {
      kind: "boolean",
      default: false,
      withNegated: false,
      brief: "Judge the lists of ten of a model of ratings too (takes longer)",
    },
  },
  whenInterrupted: "Interrupted; nothing was changed.",
  async run(context, { model, folds, seed, split, options, preset, lists }) {
    const { createRecommender, evaluate, tunedOptions } = await import("@tamis/ml");
    const { readSnapshot } = await import("@tamis/storage");
    createRecommender(model, options); // a wrong name or option is said before the data is read
    const { table } = await readSnapshot(await context.tamis(), "current");
    const tuned = preset ? tunedOptions(model, table.length) : {};
    const recommender = createRecommender(model, { ...tuned, ...options });
    const { signal, onProgress } = context;
    const found = await evaluate(table, recommender, { folds, seed, split, lists, signal, onProgress });
    context.output.result(evaluationDocument(found, split), () => evaluationLines(context.output, found));
  },
});
