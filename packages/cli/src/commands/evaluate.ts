import type { CrossValidation } from "@tamis/ml";
import type { Context } from "../context.ts";
import { defineCommand } from "../define-command.ts";
import { tableLines } from "../table.ts";
import { wholeNumber } from "../whole-number.ts";

interface Flags {
  readonly model: string;
  readonly folds: number;
  readonly seed: number;
  readonly options: Readonly<Record<string, unknown>>;
}

/** `tamis evaluate --model NAME`: k-fold cross-validation of one model on the current data set. */
export const evaluate = defineCommand<Flags>({
  summary: "Cross-validate one model on the data set",
  details: [
    "Splits the ratings into folds, learns from all but one, predicts that one, and measures the error: RMSE",
    "and MAE, in units of the rating scale. The same seed gives the same numbers. Nothing is stored.",
  ].join("\n"),
  examples: [
    "tamis evaluate --model svd",
    'tamis evaluate --model knn-basic --folds 5 --options \'{"k":20,"similarity":{"name":"pearson"}}\' --json',
  ],
  flags: {
    model: {
      kind: "parsed",
      parse: (name) => name,
      placeholder: "NAME",
      brief: "svd, knn-basic, knn-with-means, knn-baseline, baseline-only, normal-predictor…",
    },
    folds: {
      kind: "parsed",
      parse: wholeNumber(2),
      default: "3",
      placeholder: "K",
      brief: "Number of folds",
    },
    seed: {
      kind: "parsed",
      parse: wholeNumber(0),
      default: "42",
      placeholder: "S",
      brief: "Seed of all that is random",
    },
    options: {
      kind: "parsed",
      parse: parseOptions,
      default: "{}",
      placeholder: "JSON",
      brief: "Options of the model, e.g. '{\"factors\":50}'",
    },
  },
  whenInterrupted: "Interrupted; nothing was changed.",
  async run(context, { model, folds, seed, options }) {
    const { createRecommender, crossValidate } = await import("@tamis/ml");
    const { readSnapshot } = await import("@tamis/storage");
    const recommender = createRecommender(model, options);
    const { table } = await readSnapshot(await context.tamis(), "current");
    const { signal, onProgress } = context;
    const found = await crossValidate(table, recommender, { folds, seed, signal, onProgress });
    context.output.result(evaluationDocument(found), () => evaluationLines(context, found));
  },
});

/** The options of a model as typed. @throws Error when it is not one JSON object */
function parseOptions(input: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(input);
  } catch (error) {
    throw new Error(
      `not valid JSON (${(error as Error).message}); quote it for the shell: '{"factors":50}'.`,
    );
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new Error('expected one JSON object, e.g. {"factors":50}.');
  }
  return parsed as Record<string, unknown>;
}

function evaluationDocument(found: CrossValidation): Record<string, unknown> {
  return {
    model: found.model,
    options: found.options,
    folds: found.folds.map((fold) => ({
      rmse: fold.rmse,
      mae: fold.mae,
      fit_seconds: fold.fitSeconds,
      test_seconds: fold.testSeconds,
    })),
    rmse: found.rmse,
    mae: found.mae,
  };
}

function evaluationLines({ output }: Context, found: CrossValidation): string[] {
  const right = (title: string) => ({ title, align: "right" }) as const;
  return [
    `${output.style("bold", found.model)} ${JSON.stringify(found.options)}`,
    "",
    ...tableLines(
      [{ title: "fold" }, right("RMSE"), right("MAE"), right("fit s"), right("test s")],
      [
        ...found.folds.map((fold, index) => [
          index + 1,
          fold.rmse.toFixed(4),
          fold.mae.toFixed(4),
          fold.fitSeconds.toFixed(2),
          fold.testSeconds.toFixed(2),
        ]),
        ["mean", found.rmse.mean.toFixed(4), found.mae.mean.toFixed(4)],
        ["sd", found.rmse.sd.toFixed(4), found.mae.sd.toFixed(4)],
      ],
    ),
  ];
}
