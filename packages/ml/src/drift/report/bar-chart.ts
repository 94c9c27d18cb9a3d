import type { DriftDocument } from "../drift-document.ts";
import { escapeHtml } from "./escape-html.ts";
import { percent } from "./numerals.ts";

type Column = DriftDocument["columns"][number];

/** In units of the drawing, which scales to the width of the page. */
const [width, labelWidth, valueWidth, rowHeight, barHeight] = [720, 210, 60, 34, 12];
const longestLabel = 32;

/**
 * The two distributions of a column as an SVG of pairs of bars, one below the other; its colours come from the style of
 * the page. What it shows is also in the table that goes with it.
 */
export function barChart({ name, bars }: Column): string {
  const most = Math.max(...bars.map(({ reference, current }) => Math.max(reference, current)), 1e-9);
  const scale = (width - labelWidth - valueWidth) / most;
  const rows = bars.map(({ label, reference, current }, n) => {
    const top = n * rowHeight + 4;
    return [
      `<text class="label" x="${labelWidth - 8}" y="${top + barHeight + 4}">${escapeHtml(shortened(label))}</text>`,
      bar("reference", reference, scale, top),
      bar("current", current, scale, top + barHeight + 1),
    ].join("");
  });
  const height = bars.length * rowHeight + 4;
  const title = `Shares of the values of ${escapeHtml(name)} in the baseline and in the current data`;
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">${rows.join("")}</svg>`;
}

function bar(of: "reference" | "current", share: number, scale: number, top: number): string {
  const length = (share * scale).toFixed(1);
  const end = (labelWidth + share * scale + 5).toFixed(1);
  return (
    `<rect class="${of}" x="${labelWidth}" y="${top}" width="${length}" height="${barHeight}"/>` +
    `<text class="value" x="${end}" y="${top + barHeight - 2}">${percent(share)}</text>`
  );
}

function shortened(label: string): string {
  return label.length > longestLabel ? `${label.slice(0, longestLabel - 1)}…` : label;
}
