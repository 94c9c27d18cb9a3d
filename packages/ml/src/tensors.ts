import { TamisError } from "@tamis/core";
import type { ModelTensors, Tensor } from "./recommender.ts";
import type { SparseRows } from "./sparse-rows.ts";

/** A tensor of shape (length of `data`). */
export function vector(data: Tensor["data"]): Tensor {
  return { shape: [data.length], data };
}

/** A tensor of shape (1). */
export function scalar(value: number): Tensor {
  return vector(Float64Array.of(value));
}

/** Reads named tensors, sure of their type and shape. */
export interface TensorReader {
  /** @throws corrupt_data when it is not there, or of another type or shape */
  float64(name: string, ...shape: number[]): Float64Array;
  float32(name: string, ...shape: number[]): Float32Array;
  int32(name: string, ...shape: number[]): Int32Array;
  scalar(name: string): number;
  /** The tensors `starts`, `columns` and `values` of a sparse matrix, their names after a prefix if there is one. */
  sparseRows(rowCount: number, columnCount: number, prefix?: string): SparseRows;
}

/** @param algorithm - for the error messages */
export function readTensors(algorithm: string, { arrays }: ModelTensors): TensorReader {
  function find(name: string): Tensor {
    const found = Object.hasOwn(arrays, name) ? arrays[name] : undefined;
    if (found) return found;
    throw new TamisError("corrupt_data", `The ${algorithm} model has no tensor “${name}”; train it again.`);
  }
  function data(name: string, shape: readonly number[]): Tensor["data"] {
    const found = find(name);
    const size = shape.reduce((product, length) => product * length, 1);
    if (found.data.length === size && String(found.shape) === String(shape)) return found.data;
    throw new TamisError(
      "corrupt_data",
      `The ${algorithm} model's tensor “${name}” has ${found.data.length} values in shape (${found.shape}), not (${shape}); train it again.`,
    );
  }
  const wrongType = (name: string, wanted: string) =>
    new TamisError(
      "corrupt_data",
      `The ${algorithm} model's tensor “${name}” is not ${wanted}; train it again.`,
    );
  const float64 = (name: string, ...shape: number[]) => {
    const values = data(name, shape);
    if (values instanceof Float64Array) return values;
    throw wrongType(name, "Float64");
  };
  const float32 = (name: string, ...shape: number[]) => {
    const values = data(name, shape);
    if (values instanceof Float32Array) return values;
    throw wrongType(name, "Float32");
  };
  const int32 = (name: string, ...shape: number[]) => {
    const values = data(name, shape);
    if (values instanceof Int32Array) return values;
    throw wrongType(name, "Int32");
  };
  return {
    float64,
    float32,
    int32,
    scalar: (name) => float64(name, 1)[0]!,
    sparseRows(rowCount, columnCount, prefix = "") {
      const starts = int32(`${prefix}starts`, rowCount + 1);
      const length = find(`${prefix}columns`).data.length;
      const columns = int32(`${prefix}columns`, length);
      const ordered = starts.every((start, row) => start >= (row === 0 ? 0 : starts[row - 1]!));
      const inside = columns.every((column) => column >= 0 && column < columnCount);
      if (starts[0] === 0 && starts[rowCount] === length && ordered && inside) {
        return { starts, columns, values: float64(`${prefix}values`, length) };
      }
      throw new TamisError(
        "corrupt_data",
        `The ${algorithm} model's tensors “${prefix}starts” and “${prefix}columns” are not a matrix of ${rowCount} rows and ${columnCount} columns; train it again.`,
      );
    },
  };
}
