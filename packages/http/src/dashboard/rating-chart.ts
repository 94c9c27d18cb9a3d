import type { RatingCount } from "@tamis/storage";
import type { Chart } from "../charts/chart.ts";
import { formatCount, formatNumber } from "./format.ts";

/** The ratings by value. More than 20 distinct values are gathered in 20 bins of equal width. */
export function ratingChart(counts: readonly RatingCount[]): Chart {
  const bars = gather(counts);
  const total = bars.reduce((sum, { count }) => sum + count, 0);
  const commonest = bars.reduce((most, bar) => (bar.count > most.count ? bar : most));
  const share = total === 0 ? 0 : (100 * commonest.count) / total;
  return {
    title: "Ratings by value",
    finding: `The most frequent rating is ${commonest.label}: ${share.toFixed(1)} % of ${formatCount(total)} ratings.`,
    sample: { count: total, of: "ratings" },
    x: {
      title: "Rating",
      unit: "in units of the scale",
      kind: "category",
      values: bars.map(({ label }) => label),
    },
    panels: [
      {
        title: "Ratings",
        unit: "ratings",
        decimals: 0,
        series: [{ name: "Ratings", kind: "bar", values: bars.map(({ count }) => count) }],
      },
    ],
  };
}

interface Bar {
  readonly label: string;
  readonly count: number;
}

function gather(counts: readonly RatingCount[]): Bar[] {
  const bins = 20;
  if (counts.length <= bins) {
    return counts.map(({ rating, count }) => ({ label: String(rating).replace("-", "−"), count }));
  }
  const low = counts[0]?.rating ?? 0;
  const binWidth = ((counts.at(-1)?.rating ?? low) - low) / bins;
  const totals = new Array<number>(bins).fill(0);
  for (const { rating, count } of counts) {
    const bin = Math.min(bins - 1, Math.floor((rating - low) / binWidth));
    totals[bin] = (totals[bin] ?? 0) + count;
  }
  return totals.map((count, bin) => ({ label: formatNumber(low + binWidth * (bin + 0.5), 1), count }));
}
