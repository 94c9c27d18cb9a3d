import { type PoolOptions, withKernels } from "./pool.ts";

/** Items that are scored by b_i + p · q_i. */
export interface FactorItems {
  readonly factors: number;
  /** Shape (items × factors), row-major. */
  readonly items: ArrayLike<number>;
  /** Shape (items). */
  readonly biases: ArrayLike<number>;
}

/** Users whose lists are wanted, and what they must not contain: items starts[u] … starts[u + 1] − 1 of `seen`. */
export interface TopUsers {
  /** Shape (users × factors), row-major. */
  readonly users: ArrayLike<number>;
  /** Shape (users + 1). */
  readonly seenStarts: ArrayLike<number>;
  readonly seen: ArrayLike<number>;
}

export interface TopContext extends PoolOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface TopLists {
  /** Shape (users × n), best first, equal scores by item number; −1 where there are no more items. */
  readonly items: Int32Array;
  /** Shape (users × n); NaN where there are no more items. */
  readonly scores: Float32Array;
}

const slices = 128;

/**
 * The n best unseen items of many users, in float32. For more users than fit into memory call it for some
 * thousands at a time; the pool stays warm between the calls.
 *
 * @throws aborted
 */
export function topItems(
  catalogue: FactorItems,
  who: TopUsers,
  n: number,
  context: TopContext = {},
): Promise<TopLists> {
  return withKernels(context, async (pool) => {
    const { arena, workers } = pool;
    const stride = Math.ceil(catalogue.factors / 4) * 4;
    const itemCount = catalogue.biases.length;
    const userCount = who.seenStarts.length - 1;
    const users = padded(arena.float32(userCount * stride), who.users, catalogue.factors, stride);
    const items = padded(arena.float32(itemCount * stride), catalogue.items, catalogue.factors, stride);
    const [biases, starts, seen] = [
      arena.float32(itemCount),
      arena.uint32(userCount + 1),
      arena.uint32(who.seen.length),
    ];
    biases.set(catalogue.biases);
    starts.set(who.seenStarts);
    seen.set(who.seen);
    const [found, scores] = [arena.uint32(userCount * n), arena.float32(userCount * n)];
    const scratchBytes = Math.ceil((itemCount * 4 + n * 16 + 16) / 64) * 64;
    const args = arena.words([
      { u32: userCount },
      { u32: itemCount },
      { u32: stride * 4 },
      users,
      items,
      biases,
      starts,
      seen,
      { u32: n },
      found,
      scores,
      { u32: slices },
      arena.uint32(1).fill(0),
      arena.float32((Math.max(1, workers) * scratchBytes) / 4),
      { u32: scratchBytes },
    ]);
    await pool.run({ kernel: "topItems", args, tasks: slices }, { signal: context.signal });
    return { items: Int32Array.from(found), scores: Float32Array.from(scores) };
  });
}

/** Rows of `width` numbers as rows of `stride`, zeros behind. */
function padded(target: Float32Array, rows: ArrayLike<number>, width: number, stride: number): Float32Array {
  if (width === stride) target.set(rows);
  else {
    target.fill(0);
    for (let row = 0; row * stride < target.length; row++) {
      for (let k = 0; k < width; k++) target[row * stride + k] = rows[row * width + k]!;
    }
  }
  return target;
}
