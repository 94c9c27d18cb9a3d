import type { SearchSpaceInput, StrategyName, TuningMetric } from "@tamis/ml";
import { defineCommand } from "../define-command.ts";
import { duration } from "../duration.ts";
import { jsonObject } from "../json-object.ts";
import { seedFlag } from "../seed-flag.ts";
import { tuningDocument, tuningLines } from "../tuning-report.ts";
import { loadTuning, saveTuning } from "../tuning-store.ts";
import { wholeNumber } from "../whole-number.ts";

interface Flags {
  readonly model: string;
  readonly budget?: number;
  readonly trials?: number;
  readonly strategy: StrategyName;
  readonly metric?: TuningMetric;
  readonly space?: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
  readonly folds: number;
  readonly patience?: number;
  readonly every?: number;
  readonly parallel?: number;
  readonly seed: number;
  readonly resume?: boolean;
}

/** `tamis tune --model NAME`: look for good options, measured on ratings that the search did not see. */
export const tune = defineCommand<Flags>({
  summary: "Look for good options of a model",
  details: [
    "Tries options within a budget of time or trials (a minute, when none is given) and says which are best. One",
    "fifth of the ratings takes no part; the options that were found are measured on it at the end, beside those",
    "the search began with. Each trial is stored: --resume, with the same flags, goes on where it was stopped, as if",
    "it had not been. Trials run side by side in threads where one trial leaves processors idle.",
    "",
    'A space names options and what they may be: {"factors":{"values":[20,50]},',
    '"learningRate":{"min":0.001,"max":0.1,"scale":"log"},"epochs":{"min":5,"max":50,"integer":true}}',
  ].join("\n"),
  examples: [
    "tamis tune --model svd --budget 60s --json",
    "tamis tune --model svd --budget 10m --resume",
    "tamis tune --model svd-plus-plus --trials 30 --patience 5 --parallel 4",
    "tamis tune --model ease --strategy grid",
    'tamis tune --model knn-basic --trials 20 --space \'{"k":{"min":5,"max":80,"integer":true}}\'',
  ],
  flags: {
    model: {
      kind: "parsed",
      parse: (name) => name,
      placeholder: "NAME",
      brief: "svd, knn-baseline, ease, ials…",
    },
    budget: {
      kind: "parsed",
      parse: duration,
      optional: true,
      placeholder: "TIME",
      brief: "How long to search: 90s, 5m, 1h [default = 60s without --trials]",
    },
    trials: {
      kind: "parsed",
      parse: wholeNumber(1),
      optional: true,
      placeholder: "N",
      brief: "How many trials, those before --resume included",
    },
    strategy: {
      kind: "enum",
      values: ["tpe", "halving", "random", "grid"],
      default: "tpe",
      brief: "How to choose what to try",
    },
    metric: {
      kind: "enum",
      values: ["rmse", "mae", "ndcg"],
      optional: true,
      brief: "What to be best at [default = rmse; ndcg of a model that only ranks]",
    },
    space: {
      kind: "parsed",
      parse: jsonObject,
      optional: true,
      placeholder: "JSON",
      brief: "Where to look [default = what matters most of the model]",
    },
    options: {
      kind: "parsed",
      parse: jsonObject,
      default: "{}",
      placeholder: "JSON",
      brief: "Options that stay as they are",
    },
    folds: {
      kind: "parsed",
      parse: wholeNumber(1),
      default: "1",
      placeholder: "K",
      brief: "Folds that a trial is the mean of; 1: a single split",
    },
    patience: {
      kind: "parsed",
      parse: wholeNumber(1),
      optional: true,
      placeholder: "N",
      brief: "Stop a trial's training after N looks without a better score; its best epoch counts",
    },
    every: {
      kind: "parsed",
      parse: wholeNumber(1),
      optional: true,
      placeholder: "N",
      brief: "With --patience: epochs from one look to the next [default = 1]",
    },
    parallel: {
      kind: "parsed",
      parse: wholeNumber(1),
      optional: true,
      placeholder: "N",
      brief:
        "Trials at the same time; the result does not depend on it [default = as the model uses the processors]",
    },
    seed: seedFlag,
    resume: {
      kind: "boolean",
      optional: true,
      withNegated: false,
      brief: "Go on with the last search of this model",
    },
  },
  whenInterrupted: "Interrupted; the trials that were done are stored. Go on with --resume.",
  async run(context, { budget, resume, space, ...flags }) {
    const { createRecommender, tune } = await import("@tamis/ml");
    const { readSnapshot } = await import("@tamis/storage");
    const { model, options, trials } = flags;
    createRecommender(model, options); // a wrong name or option is said before the data is read
    const tamis = await context.tamis();
    const { objects } = tamis;
    const state = resume ? await loadTuning(objects, model) : undefined;
    const { manifest, table } = await readSnapshot(tamis, "current");
    const seconds = budget ?? (trials === undefined && flags.strategy !== "grid" ? 60 : undefined);
    const found = await tune({
      ...flags,
      table,
      data: manifest.digest,
      ...(space && { space: space as SearchSpaceInput }), // checked there
      ...(seconds !== undefined && { seconds }),
      ...(state !== undefined && { state }),
      onTrial: (_, now) => saveTuning(objects, model, now),
      signal: context.signal,
      onProgress: context.onProgress,
    });
    context.output.result(tuningDocument(found), () => tuningLines(context.output, found));
  },
});
