import type { RatingFigures } from "@tamis/core";

/** One figure beside that of the baseline. */
export interface FigureChange {
  readonly baseline: number;
  readonly current: number;
  /** (current − baseline) / baseline, in per cent. */
  readonly change_pct: number;
  readonly status: "drift" | "normal";
}

/**
 * The profile `simple`, which needs no statistics: a figure has drifted when it changed by more than `threshold` per
 * cent of the baseline; exactly as much is normal. A figure whose baseline is 0 is left out.
 *
 * @param threshold - per cent. @default 10
 */
export function simpleDrift(
  baseline: Readonly<Record<string, number>>,
  current: RatingFigures,
  threshold = 10,
): Record<string, FigureChange> {
  return Object.fromEntries(
    Object.entries(current).flatMap(([name, value]) => {
      const before = baseline[name] ?? 0;
      if (before === 0) return [];
      const change = ((value - before) / before) * 100;
      // 110 of 100 is 10.000000000000009 % in floating point: what is as much to nine digits is as much.
      const status = Math.abs(change) > threshold * (1 + 1e-9) ? "drift" : "normal";
      return [[name, { baseline: before, current: value, change_pct: rounded(change), status }]];
    }),
  );
}

function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
