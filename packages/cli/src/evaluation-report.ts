import type { CrossValidation, Evaluation, RankingMetricName, RankValidation } from "@tamis/ml";
import type { Output } from "./output.ts";
import { tableLines } from "./table.ts";

/** What `--json` prints of an evaluation. */
export function evaluationDocument({ accuracy, lists }: Evaluation): Record<string, unknown> {
  const { model, options } = (accuracy ?? lists)!;
  return {
    model,
    options,
    ...(accuracy && {
      folds: accuracy.folds.map((fold) => ({
        rmse: fold.rmse,
        mae: fold.mae,
        fit_seconds: fold.fitSeconds,
        test_seconds: fold.testSeconds,
      })),
      rmse: accuracy.rmse,
      mae: accuracy.mae,
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
  ];
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
    warnings: warnings.map(({ code, message }) => ({ code, message })),
  };
}

const right = (title: string) => ({ title, align: "right" }) as const;

function accuracyLines({ folds, rmse, mae }: CrossValidation): string[] {
  return tableLines(
    [{ title: "fold" }, right("RMSE"), right("MAE"), right("fit s"), right("test s")],
    [
      ...folds.map((fold, index) => [
        index + 1,
        fold.rmse.toFixed(4),
        fold.mae.toFixed(4),
        fold.fitSeconds.toFixed(2),
        fold.testSeconds.toFixed(2),
      ]),
      ["mean", rmse.mean.toFixed(4), mae.mean.toFixed(4)],
      ["sd", rmse.sd.toFixed(4), mae.sd.toFixed(4)],
    ],
  );
}

const listTitles: Partial<Record<RankingMetricName, string>> = {
  ndcg: "NDCG",
  precision: "precision",
  recall: "recall",
  map: "MAP",
  mrr: "MRR",
  hitRate: "hit rate",
  catalogueCoverage: "catalogue coverage",
  diversity: "diversity",
  novelty: "novelty, bits",
};

function listsLines({ k, candidates, metrics, intervals, warnings }: RankValidation): string[] {
  const rows = Object.entries(listTitles).map(([name, title]) => {
    const interval = intervals[name as keyof typeof intervals];
    const value = metrics[name as RankingMetricName].toFixed(4);
    return [title, value, interval ? `${interval.low.toFixed(4)} – ${interval.high.toFixed(4)}` : ""];
  });
  return [
    ...tableLines([{ title: `the ${k} best of the ${candidates}` }, right("mean"), right("95 %")], rows),
    // each fold of a random split gives the same warning
    ...warnings.slice(0, 1).flatMap(({ message }) => ["", message]),
  ];
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
