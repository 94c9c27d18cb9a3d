import { rowOfEntries } from "../sparse-rows.ts";
import type { KnnData, KnnOptions, KnnPairs } from "./knn.ts";

/** Similarities and neighbours in plain TypeScript, straight from the definitions: the oracle in tests. */
export function plainKnn(data: KnnData, pairs: KnnPairs, options: KnnOptions): Float64Array {
  const similarity = plainSimilarities(data, options);
  const { starts, columns } = data.ratings;
  return Float64Array.from(pairs.xs, (x, pair) => {
    const y = pairs.ys[pair]!;
    if (x < 0 || y < 0) return Number.NaN;
    const places = columns.map((_, place) => place).subarray(starts[y], starts[y + 1]);
    const nearest = Array.from(places, (place) => ({
      similarity: similarity(x, columns[place]!),
      target: data.targets[place]!,
    }))
      .sort((a, b) => b.similarity - a.similarity)
      .slice(0, options.k)
      .filter((rater) => rater.similarity > 0);
    if (nearest.length < options.minK) return Number.NaN;
    const weight = nearest.reduce((sum, rater) => sum + rater.similarity, 0);
    return nearest.reduce((sum, rater) => sum + rater.similarity * rater.target, 0) / weight;
  });
}

function plainSimilarities(
  { ratings, xCount }: KnnData,
  options: KnnOptions,
): (a: number, b: number) => number {
  const given = Array.from({ length: xCount }, () => new Map<number, number>());
  const ys = rowOfEntries(ratings);
  for (const [place, x] of ratings.columns.entries()) given[x]!.set(ys[place]!, ratings.values[place]!);
  return (a, b) => {
    if (a === b) return 1;
    const common = [...given[a]!].filter(([y]) => given[b]!.has(y));
    return similarityOf(
      common.map(([y, value]) => [value, given[b]!.get(y)!] as const),
      options,
    );
  };
}

function similarityOf(common: readonly (readonly [number, number])[], options: KnnOptions): number {
  const { similarity, minSupport, shrinkage } = options;
  const count = common.length;
  const sum = (term: (x: number, y: number) => number) =>
    common.reduce((total, [x, y]) => total + term(x, y), 0);
  if (count < Math.max(1, minSupport)) return 0;
  if (similarity === "msd") return count / (sum((x, y) => (x - y) ** 2) + count);
  const products = sum((x, y) => x * y);
  const squares = [sum((x) => x * x), sum((_, y) => y * y)] as const;
  if (similarity === "pearson") {
    const sums = [sum((x) => x), sum((_, y) => y)] as const;
    const spread = (count * squares[0] - sums[0] ** 2) * (count * squares[1] - sums[1] ** 2);
    return spread > 0 ? (count * products - sums[0] * sums[1]) / Math.sqrt(spread) : 0;
  }
  const norm = Math.sqrt(squares[0] * squares[1]);
  const cosine = norm > 0 ? products / norm : 0;
  if (similarity === "cosine") return cosine;
  return count < 2 ? 0 : (cosine * (count - 1)) / (count - 1 + shrinkage);
}
