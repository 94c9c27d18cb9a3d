import { createRandom, type Random, TamisError } from "@tamis/core";
import { z } from "zod";
import { type EpochWatch, endsAfter, fitWatched } from "../epoch-watch.ts";
import { createPace } from "../pace.ts";
import { parseOptions } from "../parse-options.ts";
import type { FitContext, Model, ModelTensors, Recommender } from "../recommender.ts";
import { createModel, type ModelHeader } from "../scorer.ts";
import { readTensors, scalar, vector } from "../tensors.ts";
import type { DenseTrainset } from "../trainset-dense.ts";
import { bestCluster, type CoClusters, clusterMeans, rowMeans } from "./co-clusters.ts";
import { recommenderOf } from "./recommender-of.ts";
import { withoutUser } from "./without-user.ts";

const algorithm = "co-clustering";

const CoClusteringOptions = z.strictObject({
  userClusters: z.int().min(1).default(3),
  itemClusters: z.int().min(1).default(3),
  /** Passes over all users, then all items. */
  epochs: z.int().min(0).default(20),
});
type CoClusteringOptions = z.output<typeof CoClusteringOptions>;

/** Options of {@link coClustering}; every one has a default. */
export type CoClusteringInput = z.input<typeof CoClusteringOptions>;

/**
 * Groups users and items at once; a rating is that of the two groups, and how user and item differ from theirs:
 *
 *     r̂_ui = C̄_ui + (μ_u − C̄_u) + (μ_i − C̄_i)
 *
 * C̄_ui is the mean rating of u's cluster for i's, C̄_u that of u's cluster, C̄_i that of i's, μ_u and μ_i the means of
 * the user and the item; an empty cluster has μ. Clusters start at random, from `createRandom(seed)`, the users'
 * first. In each epoch the means are computed, every user goes to the cluster with the least squared error, then
 * every item, by the same means and the users' new clusters.
 *
 * Where it ends depends on where it starts. On MovieLens 100k in five folds the RMSE of seeds 0 to 11 goes from .960 to
 * .971 when they draw as Surprise does, and from .959 to .975 when they draw as here; the means are .965 and .966.
 *
 * A pair with an unknown side gets μ. Who is folded in goes to the cluster that explains their ratings best: the
 * algorithm's own step, though not always the cluster of the last training step, whose means were others. Without a
 * user the clusters still are those they were found with: forgetting is not exact. Ratings are real numbers
 * throughout; Surprise cuts them to whole ones.
 *
 * @default { userClusters: 3, itemClusters: 3, epochs: 20 }
 * @throws invalid_input for an unknown or impossible option
 * @source George, Merugu, "A Scalable Collaborative Filtering Framework Based on Co-Clustering", ICDM 2005,
 * equation (1) and algorithm 1; Surprise 1.1.4, `CoClustering`
 */
export function coClustering(options?: CoClusteringInput): Recommender {
  const parsed = parseOptions(algorithm, CoClusteringOptions, options);
  return recommenderOf({ algorithm, options: parsed }, (header, dense, context) =>
    fitCoClustering(header, parsed, dense, createRandom(header.seed), context),
  );
}

export async function fitCoClustering(
  header: ModelHeader,
  options: CoClusteringOptions,
  dense: DenseTrainset,
  random: Pick<Random, "integer">,
  context: FitContext,
): Promise<Model> {
  const { users, items } = dense;
  const modelOf = (clusters: CoClusters, options: CoClusteringOptions) =>
    restoreCoClustering(
      { ...header, options },
      {
        users,
        items,
        arrays: {
          mu: scalar(dense.globalMean),
          user_means: vector(rowMeans(dense.byUser)),
          item_means: vector(rowMeans(dense.byItem)),
          user_clusters: vector(clusters.ofUsers),
          item_clusters: vector(clusters.ofItems),
          user_cluster_means: vector(clusters.userClusterMeans),
          item_cluster_means: vector(clusters.itemClusterMeans),
          means: { shape: [options.userClusters, options.itemClusters], data: clusters.means },
        },
      },
    );
  return fitWatched(
    options,
    context.watch,
    (watch) => cluster(dense, options, random, context, watch),
    modelOf,
  );
}

async function cluster(
  dense: DenseTrainset,
  { userClusters, itemClusters, epochs }: CoClusteringOptions,
  random: Pick<Random, "integer">,
  context: Pick<FitContext, "signal" | "onProgress">,
  watch: EpochWatch<CoClusters> | undefined,
): Promise<CoClusters> {
  const { users, items, byUser, byItem } = dense;
  const draw = (length: number, bound: number) => Int32Array.from({ length }, () => random.integer(bound));
  let ofUsers = draw(users.length, userClusters);
  let ofItems = draw(items.length, itemClusters);
  const userMeans = rowMeans(byUser);
  const itemMeans = rowMeans(byItem);
  const means = () => clusterMeans(dense, ofUsers, ofItems, userClusters, itemClusters);
  const pace = createPace({ phase: `fit ${algorithm}`, total: epochs, unit: "epochs" }, context);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const now = means();
    const estimate = (user: number, item: number, userCluster: number, itemCluster: number) =>
      now.means[userCluster * itemClusters + itemCluster]! +
      (userMeans[user]! - now.userClusterMeans[userCluster]!) +
      (itemMeans[item]! - now.itemClusterMeans[itemCluster]!);
    ofUsers = ofUsers.map((_, user) =>
      bestCluster(userClusters, byUser.starts[user]!, byUser.starts[user + 1]!, (candidate, p) => {
        const item = byUser.columns[p]!;
        return byUser.values[p]! - estimate(user, item, candidate, ofItems[item]!);
      }),
    );
    await pace.step(epoch);
    ofItems = ofItems.map((_, item) =>
      bestCluster(itemClusters, byItem.starts[item]!, byItem.starts[item + 1]!, (candidate, p) => {
        const user = byItem.columns[p]!;
        return byItem.values[p]! - estimate(user, item, ofUsers[user]!, candidate);
      }),
    );
    await pace.step(epoch + 1);
    if (await endsAfter(watch, epoch + 1, epochs, means)) break;
  }
  return means();
}

/**
 * Tensors: `mu` (1); `user_means` (users), `item_means` (items); `user_clusters` (users), `item_clusters` (items),
 * their numbers; `user_cluster_means` (user clusters), `item_cluster_means` (item clusters) and `means` (user
 * clusters × item clusters).
 */
export function restoreCoClustering(header: ModelHeader, tensors: ModelTensors): Model {
  const { userClusters, itemClusters } = parseOptions(algorithm, CoClusteringOptions, header.options);
  const { users, items, arrays } = tensors;
  const read = readTensors(algorithm, tensors);
  const mu = read.scalar("mu");
  const userMeans = read.float64("user_means", users.length);
  const itemMeans = read.float64("item_means", items.length);
  const ofUsers = clustersIn(read.int32("user_clusters", users.length), userClusters);
  const ofItems = clustersIn(read.int32("item_clusters", items.length), itemClusters);
  const userClusterMeans = read.float64("user_cluster_means", userClusters);
  const itemClusterMeans = read.float64("item_cluster_means", itemClusters);
  const means = read.float64("means", userClusters, itemClusters);

  const explain = (userCluster: number, userMean: number, item: number) => {
    if (item < 0) return [{ term: "mean", value: mu }];
    const itemCluster = ofItems[item]!;
    return [
      { term: "clusters", value: means[userCluster * itemClusters + itemCluster]! },
      { term: "user_bias", value: userMean - userClusterMeans[userCluster]! },
      { term: "item_bias", value: itemMeans[item]! - itemClusterMeans[itemCluster]! },
    ];
  };
  const estimate = (userCluster: number, userMean: number, item: number) =>
    explain(userCluster, userMean, item).reduce((sum, { value }) => sum + value, 0);

  return createModel(header, users, items, {
    estimate: (user, item) => (user < 0 ? mu : estimate(ofUsers[user]!, userMeans[user]!, item)),
    explain: (user, item) =>
      user < 0 ? [{ term: "mean", value: mu }] : explain(ofUsers[user]!, userMeans[user]!, item),
    foldIn({ items: rated, ratings }) {
      const mean = ratings.reduce((sum, rating) => sum + rating, 0) / ratings.length;
      const errorOf = (candidate: number, n: number) => ratings[n]! - estimate(candidate, mean, rated[n]!);
      const userCluster = bestCluster(userClusters, 0, rated.length, errorOf);
      return {
        estimate: (item) => estimate(userCluster, mean, item),
        explain: (item) => explain(userCluster, mean, item),
      };
    },
    async forget(user) {
      const rest = withoutUser(tensors, user, ["user_means", "user_clusters"]);
      return { model: restoreCoClustering(header, rest), exact: false };
    },
    tensors: () => arrays,
  });
}

function clustersIn(clusters: Int32Array, count: number): Int32Array {
  if (clusters.every((number) => number >= 0 && number < count)) return clusters;
  throw new TamisError(
    "corrupt_data",
    `The ${algorithm} model numbers a cluster that it does not have; train it again.`,
  );
}
