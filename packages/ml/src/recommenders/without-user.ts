import type { ModelTensors, Tensor } from "../recommender.ts";

/** The tensors without a user: their id and their row of the named arrays, of shape (users, …), are gone. */
export function withoutUser(tensors: ModelTensors, user: number, arrays: readonly string[]): ModelTensors {
  const changed = arrays.map((name) => [name, withoutRow(tensors.arrays[name]!, user)] as const);
  return {
    users: tensors.users.toSpliced(user, 1),
    items: tensors.items,
    arrays: { ...tensors.arrays, ...Object.fromEntries(changed) },
  };
}

function withoutRow({ shape, data }: Tensor, row: number): Tensor {
  const [rows = 0, ...rest] = shape;
  const width = data.length / rows;
  const kept = data.slice(0, data.length - width);
  kept.set(data.subarray((row + 1) * width), row * width);
  return { shape: [rows - 1, ...rest], data: kept };
}
