import type {
  CrossValidation,
  Evaluation,
  FutureLeak,
  RankingMetricName,
  RankValidation,
  SplitName,
} from "@tamis/ml";
import type { Output } from "./output.ts";
import { tableLines } from "./table.ts";

/** What `--json` prints of an evaluation. */
export function evaluationDocument(
  { accuracy, lists }: Evaluation,
  split: SplitName,
): Record<string, unknown> {
  const { model, options } = (accuracy ?? lists)!;
  return {
    model,
    options,
    split,
    ...(accuracy && {
      folds: accuracy.folds.map((fold) => ({
        rmse: fold.rmse,
        mae: fold.mae,
        fcp: fold.fcp,
        tested: fold.tested,
        unknown: fold.unknown,
        fit_seconds: fold.fitSeconds,
        test_seconds: fold.testSeconds,
      })),
      rmse: accuracy.rmse,
      mae: accuracy.mae,
      fcp: accuracy.fcp,
      intervals: accuracy.intervals,
      unknown_policy: unknownPolicy,
      warnings: warningsDocument(accuracy.warnings),
    }),
    ...(lists && { lists: listsDocument(lists) }),
  };
}

/** For a person: the errors fold by fold, and what the lists are worth. */
export function evaluationLines(output: Output, { accuracy, lists }: Evaluation): string[] {
  const { model, options } = (accuracy ?? lists)!;
  return [
    `${output.style("bold", model)} ${JSON.stringify(options)}`,
    ...(accuracy ? ["", ...accuracyLines(accuracy)] : []),
    ...(lists ? ["", ...listsLines(lists)] : []),
    // each fold of a random split gives the same warning
    ...(accuracy ?? lists)!.warnings.slice(0, 1).flatMap(({ message }) => ["", message]),
  ];
}

const unknownPolicy = "estimated by the model's own rule for what it has not seen, and counted in the errors";

function warningsDocument(warnings: readonly FutureLeak[]) {
  return warnings.map(({ code, message }) => ({ code, message }));
}

function listsDocument({ k, candidates, folds, metrics, intervals, warnings }: RankValidation) {
  const snake = <Value>(named: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(named).map(([name, value]) => [snakeCase(name), value]));
  return {
    k,
    candidates,
    metrics: snake(metrics),
    intervals: snake(intervals),
    folds: folds.map((fold) => ({
      metrics: snake(fold.metrics),
      users: fold.userIds.length,
      users_without_relevant: fold.usersWithoutRelevant,
      unknown_users: fold.unknownUsers,
      unscorable: fold.unscorable,
      fit_seconds: fold.fitSeconds,
      rank_seconds: fold.rankSeconds,
    })),
    warnings: warningsDocument(warnings),
  };
}

const right = (title: string) => ({ title, align: "right" }) as const;

function accuracyLines({ folds, rmse, mae, fcp, intervals }: CrossValidation): string[] {
  const shown = (value: number | null | undefined) => value?.toFixed(4) ?? "";
  const range = ({ low, high }: { low: number; high: number }) => `${shown(low)} – ${shown(high)}`;
  const spread =
    folds.length === 1
      ? []
      : [
          ["mean", shown(rmse.mean), shown(mae.mean), shown(fcp?.mean)],
          ["sd", shown(rmse.sd), shown(mae.sd), shown(fcp?.sd)],
        ];
  const tested = folds.reduce((sum, fold) => sum + fold.tested, 0);
  const unknown = folds.reduce((sum, fold) => sum + fold.unknown, 0);
  return [
    ...tableLines(
      [{ title: "fold" }, right("RMSE"), right("MAE"), right("FCP"), right("fit s"), right("test s")],
      [
        ...folds.map((fold, index) => [
          index + 1,
          shown(fold.rmse),
          shown(fold.mae),
          shown(fold.fcp),
          fold.fitSeconds.toFixed(2),
          fold.testSeconds.toFixed(2),
        ]),
        ...spread,
      ],
    ),
    `95 %: RMSE ${range(intervals.rmse)}, MAE ${range(intervals.mae)}`,
    ...(unknown === 0
      ? []
      : [`${unknown} of ${tested} test ratings are of a user or item not seen: ${unknownPolicy}`]),
  ];
}

const listTitles: Partial<Record<RankingMetricName, string>> = {
  ndcg: "NDCG",
  precision: "precision",
  recall: "recall",
  map: "MAP",
  mrr: "MRR",
  hitRate: "hit rate",
  catalogueCoverage: "catalogue coverage",
  gini: "Gini of the items' places",
  diversity: "diversity",
  serendipity: "serendipity",
  novelty: "novelty, bits",
  popularityBias: "popularity bias",
};

function listsLines({ k, candidates, folds, metrics, intervals }: RankValidation): string[] {
  const rows = Object.entries(listTitles).map(([name, title]) => {
    const interval = intervals[name as keyof typeof intervals];
    const value = metrics[name as RankingMetricName].toFixed(4);
    return [title, value, interval ? `${interval.low.toFixed(4)} – ${interval.high.toFixed(4)}` : ""];
  });
  const unscorable = folds.reduce((sum, fold) => sum + fold.unscorable, 0);
  const left = folds.reduce((sum, fold) => sum + fold.usersWithoutRelevant, 0);
  return [
    ...tableLines([{ title: `the ${k} best of the ${candidates}` }, right("mean"), right("95 %")], rows),
    ...(unscorable === 0
      ? []
      : [`${unscorable} test ratings are of an item not seen: ranked last, not left out`]),
    ...(left === 0 ? [] : [`${left} users with nothing to find were left out`]),
  ];
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
