import { type Random, TamisError } from "@tamis/core";
import { z } from "zod";
import { parseOptions } from "../parse-options.ts";

const Values = z.strictObject({
  /** What it may be, without an order: numbers, words, switches. */
  values: z.array(z.union([z.number(), z.string(), z.boolean()])).min(1),
});

const Range = z
  .strictObject({
    /** Both ends are included. */
    min: z.number(),
    max: z.number(),
    /** `log`: a step multiplies instead of adding; for what spans powers of ten. */
    scale: z.enum(["linear", "log"]).default("linear"),
    /** Whole numbers only. */
    integer: z.boolean().default(false),
    /** How many values of it a grid takes, both ends included. */
    steps: z.int().min(2).default(5),
  })
  .refine(({ min, max }) => min < max, "min must be less than max")
  .refine(({ min, scale }) => scale === "linear" || min > 0, "a log scale starts above 0")
  .refine(
    ({ min, max, integer }) => !integer || (Number.isInteger(min) && Number.isInteger(max)),
    "the ends of a range of integers must be integers",
  );

const Space = z
  .record(z.string().min(1), z.union([Values, Range]))
  .refine((space) => Object.keys(space).length > 0, "name at least one option to search over");

/** Where to look: what each option may be. Plain data; an option inside another has a dot: `similarity.shrinkage`. */
export type SearchSpace = z.output<typeof Space>;
/** A {@link SearchSpace} as it is written: only what differs from the defaults. */
export type SearchSpaceInput = Readonly<Record<string, ValuesInput | RangeInput>>;
type ValuesInput = { readonly values: readonly Point[string][] };
type RangeInput = Readonly<z.input<typeof Range>>;
/** What one option may be: one of some values, or a number in a range. */
export type Dimension = SearchSpace[string];
export type RangeDimension = Exclude<Dimension, { values: unknown }>;
/** One choice for every option of a space. */
export type Point = Readonly<Record<string, number | string | boolean>>;

/**
 * Checks a space and fills in the defaults.
 *
 * @throws invalid_input naming the option and what is wrong with it
 *
 * @example
 * parseSearchSpace({ factors: { values: [20, 50] }, learningRate: { min: 0.001, max: 0.1, scale: "log" } });
 */
export function parseSearchSpace(input: unknown): SearchSpace {
  for (const [name, dimension] of Object.entries(input ?? {})) {
    // Alone, so that the message is about what the dimension was meant to be.
    const isValues = typeof dimension === "object" && dimension !== null && "values" in dimension;
    parseOptions(`search space, “${name}”`, isValues ? Values : Range, dimension);
  }
  return parseOptions("search space", Space, input);
}

/** A point drawn evenly from the space; on a log scale, evenly over the logarithms. */
export function drawPoint(space: SearchSpace, random: Random): Point {
  return mapSpace(space, (dimension) => {
    if ("values" in dimension) return dimension.values[random.integer(dimension.values.length)]!;
    return valueAt(dimension, random.uniform());
  });
}

/** The number at a place of a range: 0 its start, 1 its end. An integer has an equal share of the places. */
export function valueAt(range: RangeDimension, place: number): number {
  const { from, to } = endsOf(range);
  const value = valueOnScale(range, from + place * (to - from));
  const { min, max } = range;
  return Math.min(max, Math.max(min, range.integer ? Math.round(value) : value));
}

/** The place of a number in a range; of an integer the middle of its share. */
export function placeOf(range: RangeDimension, value: number): number {
  const { from, to } = endsOf(range);
  return (onScale(range, value) - from) / (to - from);
}

/**
 * Every point of the grid: all values, of a range `steps` of them.
 *
 * @throws invalid_input for more than 100,000 points
 */
export function gridOf(space: SearchSpace): Point[] {
  const choices = Object.values(space).map((dimension) =>
    "values" in dimension ? dimension.values : gridValues(dimension),
  );
  const size = choices.reduce((product, { length }) => product * length, 1);
  if (size > 100_000) {
    throw new TamisError(
      "invalid_input",
      `The grid has ${size} points; use fewer steps, or another strategy.`,
    );
  }
  return Array.from({ length: size }, (_, number) => {
    let rest = number;
    return Object.fromEntries(
      Object.keys(space).map((name, dimension) => {
        const values = choices[dimension]!;
        const value = values[rest % values.length]!;
        rest = Math.floor(rest / values.length);
        return [name, value];
      }),
    );
  });
}

/** Two points are the same choice when this is the same. */
export function keyOf(point: Point): string {
  return JSON.stringify(Object.entries(point).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Options with those of a point in their places. */
export function withPoint(options: Readonly<Record<string, unknown>>, point: Point): Record<string, unknown> {
  let placed: Record<string, unknown> = { ...options };
  for (const [path, value] of Object.entries(point)) placed = withValue(placed, path.split("."), value);
  return placed;
}

export function mapSpace(
  space: SearchSpace,
  choose: (dimension: Dimension, name: string) => Point[string],
): Point {
  return Object.fromEntries(
    Object.entries(space).map(([name, dimension]) => [name, choose(dimension, name)]),
  );
}

function withValue(
  options: Record<string, unknown>,
  [name, ...inner]: readonly string[],
  value: unknown,
): Record<string, unknown> {
  if (inner.length === 0) return { ...options, [name!]: value };
  return { ...options, [name!]: withValue((options[name!] ?? {}) as Record<string, unknown>, inner, value) };
}

function gridValues(range: RangeDimension): number[] {
  const { min, max, steps } = range;
  const [from, to] = [onScale(range, min), onScale(range, max)];
  const values = Array.from({ length: steps }, (_, step) => {
    if (step === 0) return min;
    if (step === steps - 1) return max;
    const value = valueOnScale(range, from + (step / (steps - 1)) * (to - from));
    return range.integer ? Math.round(value) : value;
  });
  return [...new Set(values)];
}

/** The ends on the range's scale: of integers half a step beyond, so that rounding is fair to both ends. */
function endsOf(range: RangeDimension): { from: number; to: number } {
  const margin = range.integer ? 0.5 : 0;
  return { from: onScale(range, range.min - margin), to: onScale(range, range.max + margin) };
}

function onScale({ scale }: RangeDimension, value: number): number {
  return scale === "log" ? Math.log(value) : value;
}

function valueOnScale({ scale }: RangeDimension, value: number): number {
  return scale === "log" ? Math.exp(value) : value;
}
