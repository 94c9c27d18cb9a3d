import type { HeldOut, Tuning, TuningMetric } from "@tamis/ml";
import type { Output } from "./output.ts";
import { tableLines } from "./table.ts";

/** What `--json` prints of a tuning. */
export function tuningDocument(found: Tuning): Record<string, unknown> {
  return {
    model: found.model,
    metric: found.metric,
    strategy: found.state.strategy,
    seed: found.state.seed,
    options: found.options,
    held_out: heldOutDocument(found.heldOut),
    untuned: { options: found.untuned.options, ...heldOutDocument(found.untuned) },
    best_trial: found.best,
    stopped_by: found.stoppedBy,
    trials: found.trials,
  };
}

/** For a person: what the search was good for, on ratings it did not see, and how to use what it found. */
export function tuningLines(output: Output, found: Tuning): string[] {
  const { model, metric, heldOut, untuned, trials, best, options } = found;
  const failed = trials.filter(({ score }) => score === null).length;
  const metrics = Object.keys(heldOut.metrics) as TuningMetric[];
  const figures = ({ metrics: found }: HeldOut) => metrics.map((name) => found[name]?.toFixed(4) ?? "");
  return [
    `${output.style("bold", model)} ${JSON.stringify(options)}`,
    `${trials.length} trials${failed > 0 ? `, ${failed} of them failed` : ""}; stopped: ${reasons[found.stoppedBy]}`,
    "",
    ...tableLines(
      [
        { title: `on ${heldOut.ratings.toLocaleString("en-US")} ratings the search did not see` },
        ...metrics.map((name) => ({ title: titles[name], align: "right" }) as const),
      ],
      [
        ["tuned", ...figures(heldOut)],
        ["before", ...figures(untuned)],
      ],
    ),
    "",
    `In the search its ${titles[metric]} was ${best.score.toFixed(4)}: chosen for that, and learnt from fewer ratings; not the figure to report.`,
    `Use it: tamis train --models ${model} --options '${JSON.stringify({ [model]: options })}'`,
  ];
}

const titles: Readonly<Record<TuningMetric, string>> = { rmse: "RMSE", mae: "MAE", ndcg: "NDCG@10" };

const reasons: Readonly<Record<Tuning["stoppedBy"], string>> = {
  trials: "all trials done",
  seconds: "the time was over",
  exhausted: "nothing is left to try",
};

function heldOutDocument({ metrics, ratings }: HeldOut): Record<string, unknown> {
  return { metrics, ratings };
}
