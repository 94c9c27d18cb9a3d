import type { SparseRows } from "../sparse-rows.ts";
import type { DenseTrainset } from "../trainset-dense.ts";

/** The cluster of every user and item, and what is known of clusters: means in units of the scale. */
export interface CoClusters {
  readonly ofUsers: Int32Array;
  readonly ofItems: Int32Array;
  /** C̄_u, shape (user clusters); C̄_i, shape (item clusters). */
  readonly userClusterMeans: Float64Array;
  readonly itemClusterMeans: Float64Array;
  /** C̄_ui, user clusters × item clusters, row-major. */
  readonly means: Float64Array;
}

/** The means of the ratings in each cluster of users, cluster of items, and pair of the two; μ for an empty one. */
export function clusterMeans(
  { byUser, globalMean }: Pick<DenseTrainset, "byUser" | "globalMean">,
  ofUsers: Int32Array,
  ofItems: Int32Array,
  userClusters: number,
  itemClusters: number,
): CoClusters {
  const both = sumsOf(userClusters * itemClusters);
  const { starts, columns, values } = byUser;
  for (let user = 0; user < ofUsers.length; user++) {
    const row = ofUsers[user]! * itemClusters;
    for (let p = starts[user]!; p < starts[user + 1]!; p++)
      both.add(row + ofItems[columns[p]!]!, values[p]!, 1);
  }
  const byUsers = sumsOf(userClusters);
  const byItems = sumsOf(itemClusters);
  for (let pair = 0; pair < both.sums.length; pair++) {
    byUsers.add(Math.floor(pair / itemClusters), both.sums[pair]!, both.counts[pair]!);
    byItems.add(pair % itemClusters, both.sums[pair]!, both.counts[pair]!);
  }
  return {
    ofUsers,
    ofItems,
    userClusterMeans: byUsers.means(globalMean),
    itemClusterMeans: byItems.means(globalMean),
    means: both.means(globalMean),
  };
}

function sumsOf(length: number) {
  const sums = new Float64Array(length);
  const counts = new Int32Array(length);
  return {
    sums,
    counts,
    add(at: number, sum: number, count: number) {
      sums[at]! += sum;
      counts[at]! += count;
    },
    means: (empty: number) => sums.map((sum, at) => (counts[at] === 0 ? empty : sum / counts[at]!)),
  };
}

/** The cluster with the least squared error over `from` … `to − 1`; the first of several. */
export function bestCluster(
  clusters: number,
  from: number,
  to: number,
  errorOf: (cluster: number, p: number) => number,
): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let cluster = 0; cluster < clusters; cluster++) {
    let sum = 0;
    for (let p = from; p < to; p++) sum += errorOf(cluster, p) ** 2;
    if (sum < least) {
      least = sum;
      best = cluster;
    }
  }
  return best;
}

/** The mean of every row: shape (rows). A row has at least one value. */
export function rowMeans({ starts, values }: SparseRows): Float64Array {
  return Float64Array.from({ length: starts.length - 1 }, (_, row) => {
    let sum = 0;
    for (let p = starts[row]!; p < starts[row + 1]!; p++) sum += values[p]!;
    return sum / (starts[row + 1]! - starts[row]!);
  });
}
