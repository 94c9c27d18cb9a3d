import { type CountTable, createRandom, dealAnew } from "@tamis/core";
import { gini } from "../evaluate/beyond-accuracy.ts";
import { type CalibratedOptions, type DriftCheck, effectOf, enoughRows, rowsOf } from "./calibrated.ts";

/** What is asked of identifiers, each a figure between 0 and 1 of the current rows. */
const figures = {
  /** The share of all known ids that occur: the coverage of a catalogue, the share of active users. */
  coverage: ({ current }: CountTable) => current.filter((rows) => rows > 0).length / current.length,
  /** How unequally often ids occur: see {@link gini}. */
  concentration: ({ current }: CountTable) => gini(current),
  /** The share of the rows whose id the reference does not have: cold users, cold items. */
  unseen: ({ reference, current }: CountTable) =>
    current.reduce((sum, rows, id) => sum + (reference[id] === 0 ? rows : 0), 0) / rowsOf(current),
} as const;

type Figure = keyof typeof figures;

/** After so many deals beyond the data on either side of each figure the answer is clear. */
const enough = 50;

/**
 * Compares how the rows of two samples spread over identifiers: users, items. All three figures depend on the number
 * of rows, so they are compared not with those of the reference but with what they would be if the rows of both were
 * dealt anew into samples of the same sizes.
 *
 * p is two-sided: 2 · (1 + deals at or beyond the data, on the rarer side) / (1 + deals). It holds its level where rows
 * are independent. Rows of users who rate in one sitting are not: judge a short window of them by the effect, which is
 * the distance of the figure from what is expected.
 *
 * @param table - rows by id, a cell each
 */
export function idDrift(column: string, table: CountTable, options: CalibratedOptions = {}): DriftCheck[] {
  const rows = { reference: rowsOf(table.reference), current: rowsOf(table.current) };
  const known = enoughRows(table, options) ? dealtFigures(table, options) : undefined;
  return (Object.keys(figures) as Figure[]).map((check) => {
    const { statistic, expected, pValue } = known?.[check] ?? unknown;
    const effect = effectOf(Math.abs(statistic - expected), [0.1, 0.3, 0.5]);
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

const unknown = { statistic: Number.NaN, expected: Number.NaN, pValue: Number.NaN };

function dealtFigures(table: CountTable, { permutations = 999, seed = 42 }: CalibratedOptions) {
  const names = Object.keys(figures) as Figure[];
  const tallies = names.map((name) => ({ observed: figures[name](table), above: 0, below: 0, sum: 0 }));
  let deals = 0;
  for (const dealt of dealAnew(table, createRandom(seed), permutations)) {
    deals++;
    for (const [n, name] of names.entries()) {
      const tally = tallies[n]!;
      const value = figures[name](dealt);
      tally.sum += value;
      // What equals the data in exact arithmetic counts on both sides.
      if (value >= tally.observed - 1e-12) tally.above++;
      if (value <= tally.observed + 1e-12) tally.below++;
    }
    if (tallies.every(({ above, below }) => Math.min(above, below) >= enough)) break;
  }
  const judged = tallies.map(({ observed, above, below, sum }) => ({
    statistic: observed,
    expected: sum / deals,
    pValue: Math.min(1, (2 * (1 + Math.min(above, below))) / (1 + deals)),
  }));
  return Object.fromEntries(names.map((name, n) => [name, judged[n]!])) as Record<
    Figure,
    { statistic: number; expected: number; pValue: number }
  >;
}
