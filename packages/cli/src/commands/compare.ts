import type { ModelOptions, PairedComparison, Recommender } from "@tamis/ml";
import { defineCommand } from "../define-command.ts";
import { type FoldFlags, foldFlags } from "../fold-flags.ts";
import { jsonObject } from "../json-object.ts";
import { tableLines } from "../table.ts";

interface Flags extends FoldFlags {
  readonly preset?: boolean;
  readonly lists?: boolean;
  readonly options: Readonly<Record<string, unknown>>;
}

interface Compared {
  readonly metric: string;
  readonly a: number;
  readonly b: number;
  /** Of a user's values, A − B. */
  readonly difference: PairedComparison;
}

/** `tamis compare MODEL MODEL`: which of two models is better on the same folds, and whether by more than chance. */
export const compare = defineCommand<Flags, [a: string, b: string]>({
  summary: "Compare two models on the same folds, with a paired test",
  details: [
    "Cross-validates both on the same folds and compares them user by user: the mean difference with its 95 %",
    "bootstrap interval, and the p-value of a randomisation test (the chance of such a difference if they were",
    "alike). Errors are compared when both estimate ratings; lists of ten when one of them only ranks, or with",
    "--lists. An error is never compared with a list. Nothing is stored.",
  ].join("\n"),
  examples: [
    "tamis compare svd knn-baseline",
    "tamis compare ease popularity --folds 5 --json",
    'tamis compare svd knn-basic --lists --options \'{"svd":{"factors":50}}\'',
  ],
  flags: {
    ...foldFlags,
    preset: {
      kind: "boolean",
      optional: true,
      withNegated: false,
      brief: "Begin with the options tuned for this number of ratings, of models that have such",
    },
    lists: {
      kind: "boolean",
      optional: true,
      withNegated: false,
      brief: "Compare the lists of models of ratings too (takes longer)",
    },
    options: {
      kind: "parsed",
      parse: jsonObject,
      default: "{}",
      placeholder: "JSON",
      brief: "Options by model",
    },
  },
  positional: {
    kind: "tuple",
    parameters: [
      { placeholder: "MODEL", brief: "A model", parse: (name: string) => name },
      { placeholder: "MODEL", brief: "Another", parse: (name: string) => name },
    ],
  },
  whenInterrupted: "Interrupted; nothing was changed.",
  async run(context, { folds, seed, preset, lists = false, options }, ...names) {
    const { compareErrors, compareRankings, createRecommender, evaluate, presets, tunedOptions } =
      await import("@tamis/ml");
    const { readSnapshot } = await import("@tamis/storage");
    const create = (name: string, more: ModelOptions = {}) =>
      createRecommender(name, { ...more, ...(options[name] as ModelOptions | undefined) });
    const kinds = names.map((name) => create(name).kind); // a wrong name is said before the data is read
    const judgesLists = lists || kinds.includes("ranking");
    const { table } = await readSnapshot(await context.tamis(), "current");
    const tuned = (name: string) =>
      preset && Object.hasOwn(presets, name) ? tunedOptions(name, table.length) : {};
    const { signal, onProgress } = context;
    const measure = (recommender: Recommender) =>
      evaluate(table, recommender, { folds, seed, lists: judgesLists, signal, onProgress });
    const [nameA, nameB] = names;
    const a = await measure(create(nameA, tuned(nameA)));
    const b = await measure(create(nameB, tuned(nameB)));

    const compared: Compared[] = [];
    if (a.accuracy && b.accuracy) {
      for (const [metric, errors] of [
        ["rmse", "squared"],
        ["mae", "absolute"],
      ] as const) {
        const difference = compareErrors(a.accuracy, b.accuracy, errors, { seed });
        compared.push({ metric, a: a.accuracy[metric].mean, b: b.accuracy[metric].mean, difference });
      }
    }
    if (a.lists && b.lists) {
      for (const metric of ["ndcg", "recall", "map", "mrr"] as const) {
        const difference = compareRankings(a.lists, b.lists, metric, { seed });
        compared.push({ metric, a: a.lists.metrics[metric], b: b.lists.metrics[metric], difference });
      }
    }
    const document = {
      a: nameA,
      b: nameB,
      folds,
      seed,
      compared: compared.map(({ difference, ...each }) => ({
        ...each,
        difference: { ...difference, pValue: undefined, p_value: difference.pValue },
      })),
    };
    context.output.result(document, () => comparisonLines(nameA, nameB, compared));
  },
});

/** What is subtracted: the RMSE is a root of means, which no user has. */
const units: Readonly<Record<string, string>> = { rmse: " (squared)" };

function comparisonLines(nameA: string, nameB: string, compared: readonly Compared[]): string[] {
  const right = (title: string) => ({ title, align: "right" }) as const;
  return tableLines(
    [{ title: "metric" }, right(nameA), right(nameB), right("by user, A − B"), right("95 %"), right("p")],
    compared.map(({ metric, a, b, difference }) => [
      `${metric.toUpperCase()}${units[metric] ?? ""}`,
      a.toFixed(4),
      b.toFixed(4),
      difference.mean.toFixed(4),
      `${difference.low.toFixed(4)} – ${difference.high.toFixed(4)}`,
      difference.pValue.toFixed(4),
    ]),
  );
}
