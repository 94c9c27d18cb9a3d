import { type Feedback, feedbackOf, feedbackRow, withoutRow } from "../feedback.ts";
import { parseOptions } from "../parse-options.ts";
import { createRankingModel } from "../ranking-model.ts";
import type { FitContext, Model, ModelTensors, Recommender } from "../recommender.ts";
import type { ModelHeader } from "../scorer.ts";
import { type SparseRows, transpose } from "../sparse-rows.ts";
import { readTensors, vector } from "../tensors.ts";
import { type ItemKnnInput, ItemKnnOptions } from "./item-knn-options.ts";
import { weighItemVectors } from "./item-weighting.ts";
import { nearestItems } from "./nearest-items.ts";
import { recommenderOf } from "./recommender-of.ts";

const algorithm = "item-knn";

/**
 * Ranks the items most like those a user has, for implicit feedback.
 *
 *     score(u, i) = Σ_{j ∈ I_u ∩ N(i)} r_uj · s_ij
 *
 * where r_uj is the feedback (1, or the rating with `values: "rating"`), x_i the item's vector over **all** users,
 * weighted, and
 *
 *     cosine    s_ij = x_i · x_j / (|x_i| |x_j| + shrinkage)
 *     jaccard   s_ij = |U_i ∩ U_j| / (|U_i ∪ U_j| + shrinkage)
 *     dot       s_ij = x_i · x_j                                    (shrinkage plays no part)
 *
 * This is not the cosine of the KNN family for ratings, whose sums run over common users only. N(i) holds the
 * k items j most similar to the target i, of those above 0 (at equal ones the lower inner index); the model is sparse,
 * and fitting needs memory for one row beside it. Weightings: see `item-weighting.ts`. `implicit`'s TFIDFRecommender is
 * `{ weighting: "tf-idf", shrinkage: 0 }`, its BM25Recommender `{ weighting: "bm25", similarity: "dot" }`.
 *
 * A fold-in is exact, and so is forgetting: the neighbours are computed again from the histories the model keeps.
 *
 * @default { weighting: "none", similarity: "cosine", k: 200, shrinkage: 50, bm25K1: 1.2, bm25B: 0.75,
 * values: "binary" }
 * @throws invalid_input for an unknown or impossible option
 * @source Deshpande, Karypis, "Item-Based Top-N Recommendation Algorithms", ACM TOIS 22(1), 2004; shrinkage as in
 * RecBole's ItemKNN
 */
export function itemKnn(options?: ItemKnnInput): Recommender {
  const parsed = parseOptions(algorithm, ItemKnnOptions, options);
  return recommenderOf({ algorithm, options: parsed, kind: "ranking" }, (header, dense, context) =>
    fitFeedback(header, parsed, dense, feedbackOf(dense, parsed), context),
  );
}

async function fitFeedback(
  header: ModelHeader,
  options: ItemKnnOptions,
  { users, items }: Pick<ModelTensors, "users" | "items">,
  feedback: SparseRows,
  context: FitContext,
): Promise<Model> {
  const vectors = weighItemVectors(transpose(feedback, items.length), users.length, options);
  const { neighbours, norms } = await nearestItems(vectors, users.length, options, context);
  return restoreItemKnn(header, {
    users,
    items,
    arrays: {
      starts: vector(feedback.starts),
      columns: vector(feedback.columns),
      values: vector(feedback.values),
      neighbour_starts: vector(neighbours.starts),
      neighbour_columns: vector(neighbours.columns),
      neighbour_values: vector(neighbours.values),
      norms: vector(norms),
    },
  });
}

/**
 * Tensors: the feedback, users × items, as `starts`, `columns`, `values`; `neighbour_starts`, `neighbour_columns` and
 * `neighbour_values`, the s_ij kept, by target item i, columns increasing; `norms` (items), |x_i|.
 */
export function restoreItemKnn(header: ModelHeader, tensors: ModelTensors): Model {
  const options = parseOptions(algorithm, ItemKnnOptions, header.options);
  const { users, items, arrays } = tensors;
  const read = readTensors(algorithm, tensors);
  const feedback = read.sparseRows(users.length, items.length);
  const neighbours = read.sparseRows(items.length, items.length, "neighbour_");
  const norms = read.float64("norms", items.length);
  // By the item j in the history: the targets i that it speaks for.
  const targets = transpose(neighbours, items.length);

  const foldIn = (history: Feedback, scores: Float64Array) => {
    for (let n = 0; n < history.items.length; n++) {
      const value = history.values[n]!;
      const item = history.items[n]!;
      for (let p = targets.starts[item]!; p < targets.starts[item + 1]!; p++) {
        scores[targets.columns[p]!]! += value * targets.values[p]!;
      }
    }
  };
  const explain = (history: Feedback, item: number) => {
    const parts: { item: number; value: number }[] = [];
    for (let n = 0; n < history.items.length; n++) {
      const similarity = valueAt(neighbours, item, history.items[n]!);
      if (similarity !== 0) parts.push({ item: history.items[n]!, value: history.values[n]! * similarity });
    }
    return parts;
  };
  return createRankingModel(header, users, items, options, {
    score: (user, item) =>
      explain(feedbackRow(feedback, user), item).reduce((sum, { value }) => sum + value, 0),
    scoreItems: (user, scores) => foldIn(feedbackRow(feedback, user), scores),
    foldIn,
    foldsInExactly: true,
    explain: (who, item) => explain(typeof who === "number" ? feedbackRow(feedback, who) : who, item),
    similarity(item, other) {
      if (item === other) return 1;
      const kept = valueAt(neighbours, item, other) || valueAt(neighbours, other, item);
      return options.similarity === "dot" && kept !== 0 ? kept / (norms[item]! * norms[other]!) : kept;
    },
    async forget(user) {
      const rest = { users: users.toSpliced(user, 1), items };
      return { model: await fitFeedback(header, options, rest, withoutRow(feedback, user), {}), exact: true };
    },
    tensors: () => arrays,
  });
}

/** The value in a row whose columns increase; 0 when there is none. */
function valueAt({ starts, columns, values }: SparseRows, row: number, column: number): number {
  let low = starts[row]!;
  let high = starts[row + 1]!;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (columns[middle]! < column) low = middle + 1;
    else high = middle;
  }
  return low < starts[row + 1]! && columns[low] === column ? values[low]! : 0;
}
