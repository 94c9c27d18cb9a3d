import { rowOfEntries, type SparseRows } from "../sparse-rows.ts";
import type { ItemKnnOptions } from "./item-knn-options.ts";

/**
 * Weighs the values r_ui of the items' vectors (items × users), with N items, n_u those the user has:
 *
 *     tf-idf   √r_ui · idf_u,  idf_u = ln N − ln(1 + n_u)
 *     bm25     r_ui (K1 + 1) / (K1 · norm_i + r_ui) · idf_u,  norm_i = 1 − B + B · Σ_u r_ui / mean of it over items
 *
 * A user who has everything says nothing about likeness: their idf is not above 0, and they are weighed 0. So is a
 * value below 0, which neither formula is made for.
 *
 * @source Robertson, Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009; users as terms and
 * items as documents as in the library `implicit`
 */
export function weighItemVectors(
  vectors: SparseRows,
  userCount: number,
  { weighting, bm25K1, bm25B }: ItemKnnOptions,
): SparseRows {
  if (weighting === "none") return vectors;
  const { starts, columns, values } = vectors;
  const itemCount = starts.length - 1;
  const idf = new Float64Array(userCount);
  for (const user of columns) idf[user]!++;
  for (let user = 0; user < userCount; user++) {
    idf[user] = Math.max(0, Math.log(itemCount) - Math.log1p(idf[user]!));
  }
  if (weighting === "tf-idf") {
    return {
      starts,
      columns,
      values: values.map((value, p) => Math.sqrt(Math.max(0, value)) * idf[columns[p]!]!),
    };
  }
  const items = rowOfEntries(vectors);
  const totals = new Float64Array(itemCount);
  for (let p = 0; p < values.length; p++) totals[items[p]!]! += values[p]!;
  const mean = totals.reduce((sum, total) => sum + total, 0) / itemCount;
  const weighed = values.map((any, p) => {
    const value = Math.max(0, any);
    const norm = 1 - bm25B + (bm25B * totals[items[p]!]!) / mean;
    return ((value * (bm25K1 + 1)) / (bm25K1 * norm + value)) * idf[columns[p]!]!;
  });
  return { starts, columns, values: weighed };
}
