import type { TrainingResult } from "@tamis/ml";
import type { Context } from "../context.ts";
import { defineCommand } from "../define-command.ts";
import { exitCodes } from "../exit-codes.ts";
import { jsonObject } from "../json-object.ts";
import { trainingDocument, trainModels } from "../train-models.ts";
import { wholeNumber } from "../whole-number.ts";

interface Flags {
  readonly models: readonly string[];
  readonly folds: number;
  readonly seed: number;
  readonly force?: boolean;
  readonly preset?: boolean;
  /** By name of the model. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** `tamis train`: compare models, learn the best one from all ratings, promote it if it is better. */
export const train = defineCommand<Flags>({
  summary: "Compare models, train the best one, promote it when it beats the champion",
  details: [
    "Cross-validates each model on the current snapshot, trains the best one on all ratings, stores it as a new",
    "version, and makes it the champion when it is better than the present one. Exit code 6: trained, but not",
    "promoted.",
  ].join("\n"),
  examples: [
    "tamis train --models svd,knn-baseline --preset",
    'tamis train --models svd --options \'{"svd":{"factors":50}}\'',
    "tamis train",
    "tamis train --models svd,knn-baseline --folds 5 --json",
    "tamis train --force",
  ],
  flags: {
    models: {
      kind: "parsed",
      parse: parseModels,
      default: "svd,knn-basic,normal-predictor",
      placeholder: "NAMES",
      brief: "Models to compare, separated by commas",
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
  },
  whenInterrupted: "Interrupted; nothing was changed.",
  async run(context, flags) {
    const result = await trainModels(await context.tamis(), flags, context);
    context.output.result(trainingDocument(result), () => trainingLines(context, result));
    if (!result.promoted) context.exitWith(exitCodes.refused);
  },
});

function trainingLines({ output }: Context, result: TrainingResult): string[] {
  const { best, version, promoted, reason, metrics, runId } = result;
  return [
    `${output.style("bold", best)}${version === null ? "" : `, version ${version}`}`,
    output.style(promoted ? "green" : "yellow", reason),
    "",
    ...Object.entries(metrics).map(([name, value]) => `  ${name.padEnd(24)}${value.toFixed(4)}`),
    "",
    `run ${runId}`,
  ];
}

function parseModels(input: string): string[] {
  const names = input.split(",").map((name) => name.trim());
  if (names.includes("")) throw new Error("expected names separated by commas, e.g. svd,knn-basic.");
  return [...new Set(names)];
}
