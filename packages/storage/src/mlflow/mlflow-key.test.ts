import { createRandom } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { Key } from "../testing/fake-mlflow/endpoint.ts";
import { fromMlflowKey, toMlflowKey } from "./mlflow-key.ts";

describe("toMlflowKey", () => {
  it("leaves a name that MLflow takes as it is", () => {
    for (const name of ["rmse_mean", "a/b.c d", "x", "_x_", "a_xyz_"]) {
      expect(toMlflowKey(name)).toBe(name);
    }
  });

  it("writes the rest so that MLflow takes it, and brings it back", () => {
    const parts = ["a", "/", ".", "..", "_", "_x", "x00e9_", "_x00e9", "é", "🎬", " ", ":", "\n", "0041_"];
    const random = createRandom(7);
    for (let round = 0; round < 5000; round++) {
      const length = 1 + random.integer(8);
      const name = Array.from({ length }, () => parts[random.integer(parts.length)]).join("");
      const key = toMlflowKey(name);
      expect(Key.safeParse(key).success, `${JSON.stringify(name)} → ${key}`).toBe(true);
      expect(fromMlflowKey(key)).toBe(name);
    }
  });
});
