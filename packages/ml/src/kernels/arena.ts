import { TamisError } from "@tamis/core";
import { pageBytes, type SharedMemory } from "./kernel-module.ts";

/**
 * Typed arrays in the kernels' shared memory, given out one after the other and freed all at once. The memory
 * grows by need; arrays given out before stay valid.
 */
export interface Arena {
  int8(length: number): Int8Array;
  int16(length: number): Int16Array;
  uint32(length: number): Uint32Array;
  float32(length: number): Float32Array;
  float64(length: number): Float64Array;
  /** A kernel's arguments: 32-bit words in the kernel's order, typed arrays as pointers. Returns their address. */
  words(values: readonly (ArrayBufferView | WordValue)[]): number;
  /** Frees every array; their contents are undefined from here on. */
  reset(): void;
}

/** One scalar argument of a kernel. */
type WordValue = { readonly u32: number } | { readonly f32: number };

/** Rows and vectors start on a cache line. */
const alignment = 64;
const limit = 65_536 * pageBytes;

/**
 * Creates an arena over `memory`, from the byte `start` on.
 *
 * @throws unavailable when an array does not fit into the 4 GiB that WebAssembly can address
 */
export function createArena(memory: SharedMemory, start: number): Arena {
  let top = start;

  function take(bytes: number): number {
    const offset = Math.ceil(top / alignment) * alignment;
    const end = offset + bytes;
    const missing = Math.ceil((end - memory.buffer.byteLength) / pageBytes);
    if (end > limit || (missing > 0 && !grow(memory, missing))) {
      throw new TamisError(
        "unavailable",
        `The kernels need ${Math.ceil(end / 2 ** 20)} MiB of shared memory, which is not to be had (at most 4096 MiB). Use fewer factors or fewer ratings.`,
      );
    }
    top = end;
    return offset;
  }

  const arena: Arena = {
    int8(length) {
      // The memory may grow in take(): its buffer is read afterwards.
      const offset = take(length);
      return new Int8Array(memory.buffer, offset, length);
    },
    int16(length) {
      const offset = take(length * 2);
      return new Int16Array(memory.buffer, offset, length);
    },
    uint32(length) {
      const offset = take(length * 4);
      return new Uint32Array(memory.buffer, offset, length);
    },
    float32(length) {
      const offset = take(length * 4);
      return new Float32Array(memory.buffer, offset, length);
    },
    float64(length) {
      const offset = take(length * 8);
      return new Float64Array(memory.buffer, offset, length);
    },
    words(values) {
      const words = arena.uint32(values.length);
      const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
      values.forEach((value, index) => {
        if (ArrayBuffer.isView(value)) words[index] = value.byteOffset;
        else if ("u32" in value) words[index] = value.u32;
        else floats[index] = value.f32;
      });
      return words.byteOffset;
    },
    reset() {
      top = start;
    },
  };
  return arena;
}

function grow(memory: SharedMemory, pages: number): boolean {
  try {
    memory.grow(pages);
    return true;
  } catch {
    return false;
  }
}
