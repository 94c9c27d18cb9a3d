import type { Random } from "@tamis/core";
import { drawPoint, keyOf, type Point, type SearchSpace } from "./search-space.ts";

/** Draws of known points in a row after which a space counts as exhausted. */
const patience = 1000;

/** A point drawn evenly that was not measured yet; `undefined` when there is none left, as far as drawing can tell. */
export function drawNewPoint(
  space: SearchSpace,
  measured: readonly { readonly point: Point }[],
  random: Random,
): Point | undefined {
  const known = new Set(measured.map(({ point }) => keyOf(point)));
  const own = random.fork(`point ${known.size}`);
  for (let attempt = 0; attempt < patience; attempt++) {
    const point = drawPoint(space, own);
    if (!known.has(keyOf(point))) return point;
  }
  return undefined;
}
