import type { KnnData, KnnEstimates, KnnOptions, KnnPairs, SimilarityOptions } from "./knn.ts";

/** Similarities and neighbours in plain TypeScript and doubles, straight from the definitions: the oracle in tests. */
export function plainKnn(
  data: KnnData,
  targets: ArrayLike<number>,
  pairs: KnnPairs,
  options: KnnOptions,
): KnnEstimates {
  const similarities = plainSimilarities(data, options);
  const raters = Array.from({ length: data.columnCount }, (): { row: number; target: number }[] => []);
  for (let at = 0; at < data.rows.length; at++) {
    raters[data.columns[at]!]!.push({ row: data.rows[at]!, target: targets[at]! });
  }
  const result = {
    estimates: new Float64Array(pairs.rows.length),
    neighbours: new Uint32Array(pairs.rows.length),
  };
  for (let pair = 0; pair < pairs.rows.length; pair++) {
    const nearest = raters[pairs.columns[pair]!]!.map(({ row, target }) => ({
      similarity: similarities(pairs.rows[pair]!, row),
      target,
    }))
      .sort((a, b) => b.similarity - a.similarity)
      .slice(0, options.k)
      .filter(({ similarity }) => similarity > 0);
    const weights = nearest.reduce((sum, { similarity }) => sum + similarity, 0);
    const total = nearest.reduce((sum, { similarity, target }) => sum + similarity * target, 0);
    const enough = nearest.length >= options.minK && nearest.length > 0;
    result.estimates[pair] = enough ? total / weights : Number.NaN;
    result.neighbours[pair] = nearest.length;
  }
  return result;
}

/** The similarity of two rows, by the definitions. */
export function plainSimilarities(
  data: KnnData,
  options: SimilarityOptions,
): (a: number, b: number) => number {
  const values = Array.from({ length: data.rowCount }, () => new Map<number, number>());
  for (let at = 0; at < data.rows.length; at++) {
    values[data.rows[at]!]!.set(data.columns[at]!, data.values[at]!);
  }
  return (a, b) => {
    if (a === b) return 1;
    const common = [...values[a]!].filter(([column]) => values[b]!.has(column));
    return similarityOf(
      common.map(([column, value]) => [value, values[b]!.get(column)!] as const),
      options,
    );
  };
}

function similarityOf(common: readonly (readonly [number, number])[], options: SimilarityOptions): number {
  const { similarity, minSupport, shrinkage = 100 } = options;
  const count = common.length;
  const sum = (term: (x: number, y: number) => number) =>
    common.reduce((total, [x, y]) => total + term(x, y), 0);
  if (count < Math.max(1, minSupport)) return 0;
  if (similarity === "msd") return 1 / (sum((x, y) => (x - y) ** 2) / count + 1);
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
