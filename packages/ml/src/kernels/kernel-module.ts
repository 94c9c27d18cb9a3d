import { wasmBinary } from "./wasm-binary.ts";

/**
 * A hot loop in WebAssembly: `args` points to its arguments in the shared memory; `phase` and `task` say which
 * part of the work to do. Parts of one phase touch disjoint rows, so they may run in any order and at once.
 */
export type Kernel = (args: number, phase: number, task: number) => void;

/** The part of WebAssembly.Memory that the kernels need. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}

/** The part of the WebAssembly interface used here: TypeScript's own declarations come with the browser's. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Record<string, Kernel> };
  readonly Memory: new (options: { initial: number; maximum: number; shared: true }) => SharedMemory;
};

/** 64 KiB. */
export const pageBytes = 65_536;

let compiled: object | undefined;

/** The compiled kernels, compiled once per process; workers receive the same compiled code. */
export function kernelModule(): object {
  compiled ??= new WebAssembly.Module(Buffer.from(wasmBinary, "base64"));
  return compiled;
}

/** Up to 4 GiB of memory that every worker sees; only pages that were written to are backed by RAM. */
export function createSharedMemory(): SharedMemory {
  return new WebAssembly.Memory({ initial: 1, maximum: 65_536, shared: true });
}

/** The kernels by name, working on `memory`, for the calling thread. */
export function instantiateKernels(memory: SharedMemory): Record<string, Kernel> {
  return new WebAssembly.Instance(kernelModule(), { env: { memory } }).exports;
}
