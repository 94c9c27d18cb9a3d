import type { ModelOptions, TrainingResult } from "@tamis/ml";
import type { Context } from "../context.ts";
import { decimal } from "../decimal.ts";
import { defineCommand } from "../define-command.ts";
import { exitCodes } from "../exit-codes.ts";
import { type FoldFlags, foldFlags } from "../fold-flags.ts";
import { jsonObject } from "../json-object.ts";
import { mlflowUrl } from "../mlflow-flag.ts";
import { modelName } from "../model-document.ts";
import { programVersion } from "../program-version.ts";
import { tableLines } from "../table.ts";
import { wholeNumber } from "../whole-number.ts";

interface Flags extends FoldFlags {
  readonly models: readonly string[];
  readonly force?: boolean;
  readonly preset?: boolean;
  readonly mlflowUrl?: string;
  /** By name of the model. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly margin: number;
  readonly significance?: number;
  readonly sample?: number;
  readonly knnSample?: number;
  readonly finalSample?: number;
  readonly minUserRatings: number;
  readonly minItemRatings: number;
  readonly guardNdcg: number;
  readonly guardCoverage: number;
}

const rows = (brief: string) =>
  ({ kind: "parsed", parse: wholeNumber(1), optional: true, placeholder: "N", brief }) as const;
const least = (brief: string) =>
  ({ kind: "parsed", parse: wholeNumber(0), default: "0", placeholder: "N", brief }) as const;

const share = (brief: string) =>
  ({ kind: "parsed", parse: decimal(0, 1), default: "0.25", placeholder: "SHARE", brief }) as const;

/** `tamis train`: compare models, learn the best one from all ratings, promote it if it is better. */
export const train = defineCommand<Flags>({
  summary: "Compare models, train the best one, promote it when it beats the champion",
  details: [
    "Cross-validates each model on the current snapshot, trains the best one on all ratings, stores it as a new",
    "version, and makes it the champion when its RMSE is lower than the present one's. Models that rank (popularity,",
    "item-knn, ials, ials-hkv, ease, bpr) have no RMSE: the best of them by NDCG@10 becomes the ranker, which makes",
    "the lists; the lists of all models are then judged, beside their errors. Exit code 6: nothing was promoted.",
    "With --min-user-ratings and --min-item-ratings those with fewer are left out, again and again until everybody left",
    "has as many among those left; the samples are drawn from the rest, the same ones for the same seed.",
  ].join("\n"),
  examples: [
    "tamis train --models svd,knn-baseline --preset",
    "tamis train --models svd,ease,popularity",
    'tamis train --models svd --options \'{"svd":{"factors":50}}\'',
    "tamis train",
    "tamis train --models svd,knn-baseline --folds 5 --json",
    "tamis train --force",
    "tamis train --margin 0.005 --significance 0.05",
    "tamis train --sample 100000 --knn-sample 20000 --final-sample 200000 --min-user-ratings 50 --min-item-ratings 100",
  ],
  flags: {
    models: {
      kind: "parsed",
      parse: parseModels,
      default: "svd,knn-basic,normal-predictor",
      placeholder: "NAMES",
      brief: "Models to compare, separated by commas",
    },
    ...foldFlags,
    force: {
      kind: "boolean",
      optional: true,
      withNegated: false,
      brief: "Promote it also when it is not better",
    },
    preset: {
      kind: "boolean",
      optional: true,
      withNegated: false,
      brief: "Use the options tuned for this number of ratings, of models that have such",
    },
    options: {
      kind: "parsed",
      parse: jsonObject,
      optional: true,
      placeholder: "JSON",
      brief: "Options by model, as found by tamis tune",
    },
    margin: {
      kind: "parsed",
      parse: decimal(0),
      default: "0",
      placeholder: "X",
      brief: "How much lower its RMSE must be than the champion's",
    },
    significance: {
      kind: "parsed",
      parse: decimal(0, 1),
      optional: true,
      placeholder: "P",
      brief: "The p-value that the difference must stay below, e.g. 0.05",
    },
    guardNdcg: share("Of the champion's NDCG@10, what a new one's must reach; 0: nothing"),
    guardCoverage: share("The same for the share of the catalogue that lists cover"),
    sample: rows("Ratings to compare models on, at most"),
    knnSample: rows("Ratings that a KNN model learns from in the comparison, at most"),
    finalSample: rows("Ratings that the best model is fitted on, at most"),
    minUserRatings: least("Ratings that a user has at least"),
    minItemRatings: least("Ratings that an item has at least"),
    mlflowUrl,
  },
  whenInterrupted: "Interrupted; nothing was changed.",
  async run(context, flags) {
    const { trainingDocument, trainSnapshot } = await import("@tamis/ml");
    const { trainingPorts } = await import("@tamis/storage");
    const { signal, onProgress } = context;
    const mirror = (await context.mlflow())?.mirror;
    const ports = trainingPorts(await context.tamis(), { codeVersion: programVersion(), mirror });
    const { models, folds, seed, force = false, preset = false, options = {} } = flags;
    const { margin, significance, minUserRatings, minItemRatings } = flags;
    const result = await trainSnapshot(ports, {
      model: modelName,
      models,
      folds,
      seed,
      force,
      preset,
      options: options as Readonly<Record<string, ModelOptions>>, // checked there
      ...{ margin, significance, minUserRatings, minItemRatings },
      guards: { ndcg: flags.guardNdcg, catalogueCoverage: flags.guardCoverage },
      samples: { crossValidation: flags.sample, knn: flags.knnSample, final: flags.finalSample },
      actor: "command line",
      signal,
      onProgress,
    });
    context.output.result(trainingDocument(result), () => trainingLines(context, result, flags.models));
    if (!result.roles.some(({ promoted }) => promoted)) context.exitWith(exitCodes.refused);
  },
});

/** One block a role, and the models side by side. */
function trainingLines(
  { output }: Context,
  { roles, metrics, runId }: TrainingResult,
  models: readonly string[],
): string[] {
  const figures = { rmse: "RMSE", mae: "MAE", ndcg: "NDCG@10", recall: "recall@10" };
  const columns = Object.entries(figures).map(([name, title]) => ({
    title,
    align: "right" as const,
    of: (model: string) => metrics[`${model.replaceAll("-", "_")}_${name}`]?.toFixed(4) ?? "",
  }));
  const known = columns.filter(({ of }) => models.some((model) => of(model) !== ""));
  return [
    ...roles.flatMap(({ role, best, version, promoted, reason }) => [
      `${output.style("bold", best)}${version === null ? "" : `, version ${version}, ${role}`}`,
      output.style(promoted ? "green" : "yellow", reason),
      "",
    ]),
    ...tableLines(
      [{ title: "model" }, ...known],
      models.map((model) => [model, ...known.map(({ of }) => of(model))]),
    ),
    "",
    `run ${runId}`,
  ];
}

function parseModels(input: string): string[] {
  const names = input.split(",").map((name) => name.trim());
  if (names.includes("")) throw new Error("expected names separated by commas, e.g. svd,knn-basic.");
  return [...new Set(names)];
}
