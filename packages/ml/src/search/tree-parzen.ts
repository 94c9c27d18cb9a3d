import type { Random } from "@tamis/core";
import { drawNewPoint } from "./draw-new-point.ts";
import { type Dimension, keyOf, mapSpace, type Point, placeOf, valueAt } from "./search-space.ts";
import { isMeasured, type Measured, type Proposal, type Strategy } from "./strategy.ts";

/** Random points to begin with. */
const startup = 8;
/** The share of the points that counts as good. */
const goodShare = 0.2;
/** Points that are drawn, of which the most promising one is measured. */
const candidates = 32;

/**
 * The tree-structured Parzen estimator. The measured points are parted into the good ones (the best fifth) and the
 * others, to which those that are being measured belong too; of 32 points drawn from the density l of the good ones it proposes the one of highest l(x) / g(x), where g is
 * the density of the others, which maximises the expected improvement. The options are independent of each other.
 *
 * The density of a number is an equal mixture of normals, truncated to the range, one around each point and a wide one
 * around the middle; as wide as the distance to the farther neighbour, within [1/(n + 2), 1] of the range. That of a
 * choice is how often it was made, plus one.
 *
 * @source Bergstra et al., "Algorithms for Hyper-Parameter Optimization", NIPS 2011, sections 4 and 4.2
 */
export const treeParzen: Strategy = (space, measured, random) => {
  const fallback = () => {
    const point = drawNewPoint(space, measured, random);
    return point && { point, share: 1 };
  };
  if (measured.filter(isMeasured).length < startup) return fallback();

  const { good, others } = part(measured);
  const densities = Object.fromEntries(
    Object.entries(space).map(([name, dimension]) => {
      const valuesOf = (points: readonly Proposal[]) => points.map(({ point }) => point[name]!);
      return [name, [density(dimension, valuesOf(good)), density(dimension, valuesOf(others))] as const];
    }),
  );
  const own = random.fork(`candidates ${measured.length}`);
  const known = new Set(measured.map(({ point }) => keyOf(point)));
  let best: { point: Point; promise: number } | undefined;
  for (let drawn = 0; drawn < candidates; drawn++) {
    let promise = 0;
    const point = mapSpace(space, (_, name) => {
      const [l, g] = densities[name]!;
      const value = l.draw(own);
      promise += Math.log(l.of(value) / g.of(value));
      return value;
    });
    if (!known.has(keyOf(point)) && promise > (best?.promise ?? Number.NEGATIVE_INFINITY)) {
      best = { point, promise };
    }
  }
  return best ? { point: best.point, share: 1 } : fallback();
};

function part(measured: readonly (Proposal | Measured)[]): { good: Proposal[]; others: Proposal[] } {
  const ranked = measured.filter(isMeasured).sort((a, b) => a.cost - b.cost);
  const count = Math.ceil(goodShare * ranked.length);
  const pending = measured.filter((each) => !isMeasured(each));
  return { good: ranked.slice(0, count), others: [...ranked.slice(count), ...pending] };
}

interface Density {
  draw(random: Random): Point[string];
  /** Up to a factor that does not depend on the value. */
  of(value: Point[string]): number;
}

function density(dimension: Dimension, values: readonly Point[string][]): Density {
  if ("values" in dimension) return choiceDensity(dimension.values, values);
  const mixture = createMixture(values.map((value) => placeOf(dimension, value as number)));
  return {
    draw: (random) => valueAt(dimension, mixture.draw(random)),
    of: (value) => mixture.of(placeOf(dimension, value as number)),
  };
}

function choiceDensity(choices: readonly Point[string][], made: readonly Point[string][]): Density {
  const pool = [...choices, ...made];
  return {
    draw: (random) => pool[random.integer(pool.length)]!,
    of: (value) => pool.filter((other) => other === value).length / pool.length,
  };
}

/** An equal mixture of normals truncated to [0, 1], around some places and, widely, around the middle. */
function createMixture(places: readonly number[]) {
  const centres = [...places, 0.5].sort((a, b) => a - b);
  const narrowest = 1 / (centres.length + 1);
  const parts = centres.map((centre, index) => {
    const farther = Math.max(centre - (centres[index - 1] ?? 0), (centres[index + 1] ?? 1) - centre);
    const width = index === centres.indexOf(0.5) ? 1 : Math.min(1, Math.max(narrowest, farther));
    return { centre, width, mass: normalMass(centre, width) };
  });
  return {
    draw(random: Random): number {
      const { centre, width } = parts[random.integer(parts.length)]!;
      for (;;) {
        const place = random.normal(centre, width);
        if (place >= 0 && place <= 1) return place;
      }
    },
    of: (place: number): number =>
      parts.reduce(
        (sum, { centre, width, mass }) =>
          sum + Math.exp(-0.5 * ((place - centre) / width) ** 2) / (width * mass),
        0,
      ) / parts.length,
  };
}

/** How much of a normal lies within [0, 1]. */
function normalMass(mean: number, deviation: number): number {
  const below = (x: number) => 0.5 * (1 + erf((x - mean) / (deviation * Math.SQRT2)));
  return below(1) - below(0);
}

/** @source Abramowitz, Stegun, "Handbook of Mathematical Functions", 7.1.26: error below 1.5e-7 */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const tail =
    ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Math.sign(x) * (1 - tail * Math.exp(-x * x));
}
