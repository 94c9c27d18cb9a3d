import { expect, test } from "vitest";
import { fillNormalRows } from "./normal-rows.ts";
import { plainNormalRows } from "./plain-normal-rows.ts";
import { withKernels } from "./pool.ts";

const shape = { count: 3000, width: 30, stride: 32, mean: 0.5, deviation: 0.1, seed: 7 };

async function filled(workers: number): Promise<Float32Array> {
  return withKernels({ workers }, async (pool) => {
    const rows = pool.arena.float32(shape.count * shape.stride).fill(0);
    await fillNormalRows(pool, rows, shape);
    return rows.slice();
  });
}

test("the kernel draws what the plain twin draws, to 1e-6, and leaves the padding alone", async () => {
  const expected = new Float32Array(shape.count * shape.stride);
  plainNormalRows(expected, shape);
  const actual = await filled(0);
  let largest = 0;
  actual.forEach((value, at) => {
    largest = Math.max(largest, Math.abs(value - expected[at]!));
  });
  expect(largest).toBeLessThan(1e-6);
});

test("draws have the mean, the deviation and the tails of the normal distribution", async () => {
  const rows = await filled(0);
  const draws = [...rows].filter((_, at) => at % shape.stride < shape.width).map((x) => (x - 0.5) / 0.1);
  const moment = (power: number) => draws.reduce((sum, x) => sum + x ** power, 0) / draws.length;
  expect(moment(1)).toBeCloseTo(0, 1);
  expect(moment(2)).toBeCloseTo(1, 1);
  expect(Math.abs(moment(3))).toBeLessThan(0.05);
  expect(moment(4)).toBeCloseTo(3, 0);
  const beyond3 = draws.filter((x) => Math.abs(x) > 3).length / draws.length;
  expect(beyond3).toBeGreaterThan(0.002);
  expect(beyond3).toBeLessThan(0.0035);
});

test("draws do not depend on the number of workers", async () => {
  const alone = await filled(0);
  for (const workers of [1, 3]) expect(Buffer.compare(bytes(await filled(workers)), bytes(alone))).toBe(0);
});

function bytes(values: Float32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}
