import { type Arena, createArena } from "./arena.ts";
import { arenaStart } from "./control.ts";
import { createSharedMemory, instantiateKernels, type Kernel } from "./kernel-module.ts";

/** Rows of one matrix, row-major. */
interface Rows {
  readonly factors: Float64Array;
  /** The length of a row. */
  readonly length: number;
}

interface Desk {
  readonly arena: Arena;
  readonly kernel: Kernel;
  /** Whose rows lie on it. */
  owner: object | undefined;
}

let desk: Desk | undefined;

function openDesk(): Desk {
  const memory = createSharedMemory();
  return {
    arena: createArena(memory, arenaStart),
    kernel: instantiateKernels(memory).rowProducts!,
    owner: undefined,
  };
}

/**
 * The products of any row with some others, on the calling thread: those of `dotProduct`, bit for bit, several times as
 * fast. The others are copied to where the kernel sees them, once for all rows that are asked about in turn.
 *
 * @returns a function from a row's number to a new array, aligned with `others`
 */
export function rowProducts({ factors, length }: Rows, others: Int32Array): (row: number) => Float64Array {
  const owner = {};
  const rowOf = (n: number) => factors.subarray(n * length, (n + 1) * length);
  let views: ReturnType<typeof spread> | undefined;

  function spread({ arena }: Desk) {
    arena.reset();
    const [row, rows] = [arena.float64(length), arena.float64(others.length * length)];
    const products = arena.float64(others.length);
    for (let n = 0; n < others.length; n++) rows.set(rowOf(others[n]!), n * length);
    const args = arena.words([{ u32: others.length }, { u32: length * 8 }, row, rows, products]);
    return { row, products, args };
  }

  return (number) => {
    desk ??= openDesk();
    if (views === undefined || desk.owner !== owner) {
      views = spread(desk);
      desk.owner = owner;
    }
    views.row.set(rowOf(number));
    desk.kernel(views.args, 0, 0);
    return views.products.slice();
  };
}
