import type { ModelOptions, TrainingResult } from "@tamis/ml";
import type { Context } from "../context.ts";
import { defineCommand } from "../define-command.ts";
import { exitCodes } from "../exit-codes.ts";
import { jsonObject } from "../json-object.ts";
import { modelName } from "../model-document.ts";
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
    const result = await trainModels(context, flags);
    context.output.result(trainingDocument(result), () => trainingLines(context, result));
    if (!result.promoted) context.exitWith(exitCodes.refused);
  },
});

/** Trains on the current snapshot with the stores of the context; one training at a time. */
export async function trainModels(
  context: Context,
  { models, folds, seed, force = false, preset, options = {} }: Flags,
): Promise<TrainingResult> {
  const { presets, train, tunedOptions } = await import("@tamis/ml");
  const { allItems, failAbandonedRuns, modelCatalog, readHost, readSnapshot, runTracker, withLock } =
    await import("@tamis/storage");
  const tamis = await context.tamis();
  const { records, objects } = tamis;
  return withLock(records, "train", async () => {
    await failAbandonedRuns(records, new Date()); // nobody else trains now: what is still running was killed
    const { manifest, table } = await readSnapshot(tamis, "current");
    const optionsOf = (name: string) => ({
      ...(preset && Object.hasOwn(presets, name) && tunedOptions(name, table.length)),
      ...(options[name] as ModelOptions | undefined),
    });
    return train({
      models,
      options: Object.fromEntries(models.map((name) => [name, optionsOf(name)])),
      folds,
      seed,
      force,
      table,
      snapshot: manifest.digest,
      items: await allItems(records),
      catalog: modelCatalog(records),
      tracker: runTracker(records, { host: readHost().machine }),
      objects,
      model: modelName,
      signal: context.signal,
      onProgress: context.onProgress,
    });
  });
}

/** What `--json` prints of a training. */
function trainingDocument(result: TrainingResult): Record<string, unknown> {
  return {
    run_id: result.runId,
    best: result.best,
    metrics: result.metrics,
    version: result.version,
    promoted: result.promoted,
    reason: result.reason,
  };
}

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
