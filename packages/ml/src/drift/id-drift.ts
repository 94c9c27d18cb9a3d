import { type CountTable, createRandom, dealAnew } from "@tamis/core";
import { gini } from "../evaluate/beyond-accuracy.ts";
import { type CalibratedOptions, type DriftCheck, effectOf, enoughRows, rowsOf } from "./calibrated.ts";

type Figure = "coverage" | "concentration" | "unseen";

/** What is asked of identifiers: a figure between 0 and 1 of each sample. */
const figures: Readonly<Record<Figure, (rows: Float64Array, others: Float64Array) => number>> = {
  /** The share of all known ids that occur: the coverage of a catalogue, the share of active users. */
  coverage: (rows) => rows.filter((count) => count > 0).length / rows.length,
  /** How unequally often ids occur: see {@link gini}. */
  concentration: (rows) => gini(rows),
  /** The share of the rows whose id the other sample does not have: cold users, cold items. */
  unseen: (rows, others) =>
    rows.reduce((sum, count, id) => sum + (others[id] === 0 ? count : 0), 0) / rowsOf(rows),
};
const names = Object.keys(figures) as Figure[];

/** After so many deals beyond the data on either side of each figure the answer is clear. */
const enough = 50;

/**
 * Compares how the rows of two samples spread over identifiers: users, items. The figures depend on the number of rows,
 * so the difference between both samples is compared with what it is when their rows are dealt anew into samples of the
 * same sizes; `expected` is the figure of the reference and the mean of these differences. Of unseen ids there is no
 * difference to the reference to look at: their share is compared with that of the deals, and only more of them is drift.
 *
 * p is two-sided but for unseen ids: 2 · (1 + deals at or beyond the data, on the rarer side) / (1 + deals). It holds its
 * level where rows are independent. Rows of users who rate in one sitting are not: judge a short window of them by the
 * effect, which is the distance of the figure from what is expected.
 *
 * @param table - rows by id, a cell each
 */
export function idDrift(column: string, table: CountTable, options: CalibratedOptions = {}): DriftCheck[] {
  const rows = { reference: rowsOf(table.reference), current: rowsOf(table.current) };
  const known = enoughRows(table, options) ? dealtFigures(table, options) : undefined;
  return names.map((check) => {
    const { statistic, expected, pValue } = known?.[check] ?? unknown;
    const away = check === "unseen" ? Math.max(0, statistic - expected) : Math.abs(statistic - expected);
    const effect = effectOf(away, [0.1, 0.3, 0.5]);
    return {
      column,
      check,
      method: "permutation",
      rows,
      statistic,
      expected,
      pValue,
      ...effect,
      newLabels: [],
    };
  });
}

interface Dealt {
  readonly statistic: number;
  readonly expected: number;
  readonly pValue: number;
}
const unknown: Dealt = { statistic: Number.NaN, expected: Number.NaN, pValue: Number.NaN };

function dealtFigures(
  table: CountTable,
  { permutations = 499, seed = 42 }: CalibratedOptions,
): Record<Figure, Dealt> {
  const tallies = names.map((name) => ({
    name,
    observed: contrast(name, table),
    above: 0,
    below: 0,
    sum: 0,
  }));
  let deals = 0;
  for (const dealt of dealAnew(table, createRandom(seed), permutations)) {
    deals++;
    for (const tally of tallies) {
      const value = contrast(tally.name, dealt);
      tally.sum += value;
      // What equals the data in exact arithmetic counts on both sides.
      if (value >= tally.observed - 1e-12) tally.above++;
      if (value <= tally.observed + 1e-12) tally.below++;
    }
    if (tallies.every(({ above, below }) => Math.min(above, below) >= enough)) break;
  }
  const judged = tallies.map(({ name, observed, above, below, sum }): [Figure, Dealt] => {
    const statistic = figures[name](table.current, table.reference);
    const rarer = name === "unseen" ? 1 + above : 2 * (1 + Math.min(above, below));
    const pValue = Math.min(1, rarer / (1 + deals));
    return [name, { statistic, expected: statistic - observed + sum / deals, pValue }];
  });
  return Object.fromEntries(judged) as Record<Figure, Dealt>;
}

/** What is compared with the deals: large is more than in the reference. */
function contrast(name: Figure, { reference, current }: CountTable): number {
  const figure = figures[name](current, reference);
  return name === "unseen" ? figure : figure - figures[name](reference, current);
}
