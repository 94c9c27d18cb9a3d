import type { RunTracker } from "@tamis/core";
import type { Measured } from "./measure-recommender.ts";

/** What a training remembers as it goes, in its run; a killed one leaves what it had said by then. */
export interface TrainingJournal {
  readonly runId: string;
  /** Figures of quality so far. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Seconds so far, by what they were spent on. */
  readonly timings: Readonly<Record<string, number>>;
  /** Measurements so far. */
  readonly measured: readonly Measured[];
  record(metrics: Readonly<Record<string, number>>): Promise<void>;
  time(timings: Readonly<Record<string, number>>): Promise<void>;
  /** Keeps each fold's figures of a measurement, as metrics whose step is the fold, from 1 on. */
  recordFolds(measured: Measured): Promise<void>;
  /** Adds a line to `log.txt`, with the time. */
  note(line: string): Promise<void>;
  /** Keeps a text as a file. */
  attach(path: string, contentType: string, text: string): Promise<void>;
}

export function trainingJournal(tracker: RunTracker, runId: string, now: () => Date): TrainingJournal {
  const metrics: Record<string, number> = {};
  const timings: Record<string, number> = {};
  const measured: Measured[] = [];
  const lines: string[] = [];
  const attach = (path: string, contentType: string, text: string) =>
    tracker.logArtifact(runId, { path, contentType, bytes: new TextEncoder().encode(text) });
  return {
    runId,
    metrics,
    timings,
    measured,
    attach,
    async record(more) {
      Object.assign(metrics, more);
      await tracker.logMetrics(runId, more);
    },
    async time(more) {
      Object.assign(timings, more);
      await tracker.logMetrics(runId, more);
    },
    async recordFolds(found) {
      measured.push(found);
      const prefix = prefixOf(found);
      for (const figures of foldFigures(found)) {
        const named = qualities.flatMap((name) =>
          figures[name] === null ? [] : [[`${prefix}_fold_${name}`, figures[name]]],
        );
        await tracker.logMetrics(runId, Object.fromEntries(named), figures.fold);
      }
    },
    async note(line) {
      lines.push(`${now().toISOString()} ${line}\n`);
      await attach("log.txt", "text/plain; charset=utf-8", lines.join(""));
    },
  };
}

/** What the metrics of an algorithm begin with. */
export function prefixOf({ recommender }: Pick<Measured, "recommender">): string {
  return recommender.algorithm.replaceAll("-", "_");
}

/** The figures of one fold; `null` where its model has none. */
export type FoldFigures = Readonly<Record<(typeof foldColumns)[number], number | null>> & {
  readonly fold: number;
};

/** Those that are metrics of the run, too. */
const qualities = ["rmse", "mae", "fcp", "ndcg", "recall", "catalogue_coverage"] as const;

const foldColumns = [
  ...qualities,
  "tested",
  "unknown",
  "fit_seconds",
  "test_seconds",
  "rank_seconds",
] as const;

export function foldFigures({ accuracy, lists }: Measured): FoldFigures[] {
  const length = (accuracy ?? lists)!.folds.length;
  return Array.from({ length }, (_, index) => {
    const [errors, ranked] = [accuracy?.folds[index], lists?.folds[index]];
    return {
      fold: index + 1,
      rmse: errors?.rmse ?? null,
      mae: errors?.mae ?? null,
      fcp: errors?.fcp ?? null,
      ndcg: ranked?.metrics.ndcg ?? null,
      recall: ranked?.metrics.recall ?? null,
      catalogue_coverage: ranked?.metrics.catalogueCoverage ?? null,
      tested: errors?.tested ?? null,
      unknown: errors?.unknown ?? null,
      fit_seconds: (errors ?? ranked)!.fitSeconds,
      test_seconds: errors?.testSeconds ?? null,
      rank_seconds: ranked?.rankSeconds ?? null,
    };
  });
}

/** The folds of all measurements as CSV, one line a model and fold; an empty field where a model has no such figure. */
export function foldsCsv(measured: readonly Measured[]): string {
  const lines = measured.flatMap((each) =>
    foldFigures(each).map((figures) =>
      [each.recommender.algorithm, figures.fold, ...foldColumns.map((name) => figures[name] ?? "")].join(","),
    ),
  );
  return `${[["model", "fold", ...foldColumns].join(","), ...lines].join("\n")}\n`;
}
