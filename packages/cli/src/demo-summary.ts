import type { ModelVersion } from "@tamis/core";
import type { ImportResult, Run } from "@tamis/storage";
import { importLines } from "./import-report.ts";
import type { Output } from "./output.ts";
import type { UserRecommendations } from "./recommend-to-user.ts";
import { recommendationDocument, recommendationLines } from "./recommendation-report.ts";
import { tableLines } from "./table.ts";

/** Everything the demo has to show. */
export interface DemoResult {
  readonly dataDir: string;
  readonly imported: ImportResult;
  readonly champion: ModelVersion;
  /** The training that made the champion. */
  readonly run: Run;
  /** Titles of what the user liked best. */
  readonly favourites: readonly string[];
  readonly found: UserRecommendations;
}

/** The demo's result as one document. */
export function demoDocument({
  dataDir,
  imported,
  champion,
  run,
  found,
}: DemoResult): Record<string, unknown> {
  return {
    data_dir: dataDir,
    rows: imported.rows,
    rejected: imported.rejected,
    rejected_by_reason: imported.rejectedByReason,
    snapshot: imported.snapshot,
    champion: { version: champion.version, algorithm: champion.algorithm, reason: run.message },
    metrics: run.metrics,
    ...recommendationDocument(found),
  };
}

/** The demo's result for a person. */
export function demoLines(output: Output, result: DemoResult): string[] {
  const { dataDir, imported, champion, run, favourites, found } = result;
  const title = (text: string) => ["", output.style("bold", text)];
  return [
    ...title("1. The data: generated, checked, kept"),
    ...importLines({ ...imported, unchanged: false }).slice(0, -2), // without its “tamis rejects”, which comes below
    ...title("2. The models: cross-validated on the same 3 folds, lower is better"),
    ...comparisonLines(output, run, champion.algorithm),
    ...title("3. The champion"),
    `${champion.algorithm}, version ${champion.version}, ${run.message}`,
    ...title(`4. Ten films for user ${found.userId}`),
    `who liked ${favourites.join(", ")}`,
    "",
    ...recommendationLines(output, found),
    ...title("Go on"),
    ...nextSteps(dataDir),
  ];
}

/** One row a model, best first: the run's metrics are `svd_rmse`, `svd_mae`, `knn_basic_rmse`… */
function comparisonLines(output: Output, { metrics, parameters }: Run, best: string): string[] {
  const names = String(parameters.models).split(",");
  const metric = (name: string, error: "rmse" | "mae") =>
    metrics[`${name.replaceAll("-", "_")}_${error}`] ?? Number.NaN;
  return tableLines(
    [{ title: "model" }, { title: "RMSE", align: "right" }, { title: "MAE", align: "right" }, { title: "" }],
    names
      .toSorted((a, b) => metric(a, "rmse") - metric(b, "rmse"))
      .map((name) => [
        name,
        metric(name, "rmse").toFixed(4),
        metric(name, "mae").toFixed(4),
        name === best ? output.style("green", "◀ best") : "",
      ]),
  );
}

function nextSteps(dataDir: string): string[] {
  const commands = [
    ["another user", `tamis recommend 2 --data-dir ${dataDir}`],
    ["the refused rows", `tamis rejects --data-dir ${dataDir}`],
    ["your own ratings", "tamis import ratings FILE"],
  ] as const;
  return commands.map(([what, command]) => `${what.padEnd(18)}${command}`);
}
