import type { Arena } from "./arena.ts";
import type { RatingTriples } from "./rating-triples.ts";

/** Ratings regrouped into `blocks` × `blocks` cells of users × items, in shared memory. */
export interface BlockLayout {
  readonly blocks: number;
  /** Cell (b, c) holds the ratings starts[b · blocks + c] … starts[b · blocks + c + 1] − 1. Shape (blocks² + 1). */
  readonly starts: Uint32Array;
  /** Inside a cell: by user, then in the order given. */
  readonly users: Uint32Array;
  readonly items: Uint32Array;
  readonly ratings: Float32Array;
}

/**
 * How many blocks each side is cut into: by the data alone, so that results do not depend on the workers. Few
 * enough that a user's ratings in one cell make a run, enough that a cell's item rows (400 bytes each at 100
 * factors) stay in the second-level cache.
 */
function blockCount({ userCount, itemCount, ratings }: RatingTriples): number {
  const wanted = ratings.length < 2_000_000 ? 8 : 16;
  return Math.max(1, Math.min(wanted, userCount, itemCount));
}

/**
 * Groups the ratings for stratified SGD. Blocks are contiguous ranges of users and of items holding about the
 * same number of ratings each.
 */
export function createBlockLayout(arena: Arena, triples: RatingTriples): BlockLayout {
  const { users, items, ratings, userCount, itemCount } = triples;
  const blocks = blockCount(triples);
  const count = ratings.length;
  const blockOfUser = balancedBlocks(users, userCount, blocks);
  const blockOfItem = balancedBlocks(items, itemCount, blocks);

  // Where the next rating of (user, block of items) goes.
  const next = new Uint32Array(userCount * blocks);
  for (let row = 0; row < count; row++) next[users[row]! * blocks + blockOfItem[items[row]!]!]!++;
  const starts = arena.uint32(blocks * blocks + 1);
  let place = 0;
  for (let block = 0, first = 0; block < blocks; block++) {
    let end = first;
    while (end < userCount && blockOfUser[end] === block) end++;
    for (let column = 0; column < blocks; column++) {
      starts[block * blocks + column] = place;
      for (let user = first; user < end; user++) {
        const ofUser = next[user * blocks + column]!;
        next[user * blocks + column] = place;
        place += ofUser;
      }
    }
    first = end;
  }
  starts[blocks * blocks] = place;

  const layout = {
    blocks,
    starts,
    users: arena.uint32(count),
    items: arena.uint32(count),
    ratings: arena.float32(count),
  };
  for (let row = 0; row < count; row++) {
    const user = users[row]!;
    const item = items[row]!;
    const at = next[user * blocks + blockOfItem[item]!]!++;
    layout.users[at] = user;
    layout.items[at] = item;
    layout.ratings[at] = ratings[row]!;
  }
  return layout;
}

/** The block of each row: the row's middle rating, counted from the first row's first, falls into it. */
function balancedBlocks(rows: Int32Array, rowCount: number, blocks: number): Uint8Array {
  const counts = new Uint32Array(rowCount);
  for (let at = 0; at < rows.length; at++) counts[rows[at]!]!++;
  const result = new Uint8Array(rowCount);
  for (let row = 0, before = 0; row < rowCount; row++) {
    const middle = before + counts[row]! / 2;
    result[row] = Math.min(blocks - 1, Math.floor((middle * blocks) / Math.max(1, rows.length)));
    before += counts[row]!;
  }
  return result;
}
