import { TamisError } from "@tamis/core";
import type { ModelTensors, Tensor } from "./recommender.ts";

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
  int32(name: string, ...shape: number[]): Int32Array;
  scalar(name: string): number;
  /** How many entries a tensor of one dimension has. */
  lengthOf(name: string): number;
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
  return {
    float64,
    int32(name, ...shape) {
      const values = data(name, shape);
      if (values instanceof Int32Array) return values;
      throw wrongType(name, "Int32");
    },
    scalar: (name) => float64(name, 1)[0]!,
    lengthOf: (name) => find(name).data.length,
  };
}
