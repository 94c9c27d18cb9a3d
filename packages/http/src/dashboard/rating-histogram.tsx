import type { RatingCount } from "@tamis/storage";
import type { FC } from "hono/jsx";
import { formatCount, formatNumber } from "./format.ts";

const width = 560;
const height = 230;
const margin = { top: 16, right: 4, bottom: 46 };
/** More than a digit or a comma of a count takes. */
const characterWidth = 8;

/**
 * The ratings by value as a figure: a drawing with title and description, and the same numbers as a table. More
 * than 20 distinct values are gathered in 20 bins of equal width.
 */
export const RatingHistogram: FC<{ counts: readonly RatingCount[] }> = ({ counts }) => {
  const bars = gather(counts);
  const total = bars.reduce((sum, bar) => sum + bar.count, 0);
  const commonest = bars.reduce((most, bar) => (bar.count > most.count ? bar : most));
  const finding = `The most frequent rating is ${commonest.label}: ${percent(commonest.count, total)} of ${formatCount(total)} ratings.`;
  return (
    <figure>
      <figcaption id="histogram-finding">{finding}</figcaption>
      <Drawing bars={bars} />
      <details>
        <summary>Data of this chart</summary>
        <table>
          <caption>Number of ratings by value</caption>
          <thead>
            <tr>
              <th scope="col">Rating</th>
              <th scope="col" class="number">
                Ratings
              </th>
              <th scope="col" class="number">
                Share
              </th>
            </tr>
          </thead>
          <tbody>
            {bars.map((bar) => (
              <tr>
                <th scope="row">{bar.label}</th>
                <td class="number">{formatCount(bar.count)}</td>
                <td class="number">{percent(bar.count, total)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
};

interface Bar {
  readonly label: string;
  readonly count: number;
}

const Drawing: FC<{ bars: readonly Bar[] }> = ({ bars }) => {
  const ticks = countTicks(Math.max(...bars.map((bar) => bar.count)));
  const left = 10 + characterWidth * Math.max(...ticks.map((tick) => formatCount(tick).length));
  const plotWidth = width - left - margin.right;
  const plotHeight = height - margin.top - margin.bottom;
  const top = ticks.at(-1) ?? 1;
  const y = (count: number) => margin.top + plotHeight * (1 - count / top);
  const step = plotWidth / bars.length;
  const every = Math.ceil(bars.length / 10);
  return (
    <svg
      class="chart"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-labelledby="histogram-title"
      aria-describedby="histogram-finding"
    >
      <title id="histogram-title">Ratings by value</title>
      {ticks.map((tick) => (
        <g>
          <line class="chart-grid" x1={left} x2={width - margin.right} y1={y(tick)} y2={y(tick)} />
          <text x={left - 8} y={y(tick) + 4} text-anchor="end">
            {formatCount(tick)}
          </text>
        </g>
      ))}
      {bars.map((bar, index) => (
        <g>
          <rect
            class="chart-bar"
            x={left + step * index + step * 0.12}
            y={y(bar.count)}
            width={step * 0.76}
            height={y(0) - y(bar.count)}
            rx="3"
          >
            <title>{`${bar.label}: ${formatCount(bar.count)}`}</title>
          </rect>
          {index % every === 0 ? (
            <text x={left + step * (index + 0.5)} y={y(0) + 18} text-anchor="middle">
              {bar.label}
            </text>
          ) : null}
        </g>
      ))}
      <text x={left + plotWidth / 2} y={height - 6} text-anchor="middle">
        Rating, in units of the scale
      </text>
    </svg>
  );
};

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

/** 0 and three to five round steps above it; the last one is not below `most`. */
function countTicks(most: number): number[] {
  const rough = Math.max(1, most / 4);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? power;
  const whole = Math.max(1, Math.ceil(step));
  return Array.from({ length: Math.ceil(most / whole) + 1 }, (_, index) => index * whole);
}

function percent(count: number, total: number): string {
  return total === 0 ? "0 %" : `${((100 * count) / total).toFixed(1)} %`;
}
