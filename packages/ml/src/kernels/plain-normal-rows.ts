import type { NormalRows } from "./normal-rows.ts";

/** The kernel `normalRows` in plain TypeScript: its oracle in tests. */
export function plainNormalRows(rows: Float32Array, shape: NormalRows): void {
  const mean = Math.fround(shape.mean);
  const deviation = Math.fround(shape.deviation);
  for (let row = 0; row < shape.count; row++) {
    let state = mix(shape.seed ^ mix((row + 0x9e3779b9) | 0));
    for (let column = 0; column < shape.width; column++) {
      state = (state + 0x9e3779b9) | 0;
      const uniform = ((mix(state) >>> 8) + 0.5) / 16_777_216;
      rows[row * shape.stride + column] = mean + deviation * quantile(uniform);
    }
  }
}

export function mix(value: number): number {
  let z = value;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return z ^ (z >>> 15);
}

/** @source Wichura, Algorithm AS 241 (PPND7), Applied Statistics 37(3), 1988. */
function quantile(probability: number): number {
  const q = probability - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (
      (q * polynomial(r, [59.10937472, 159.29113202, 50.434271938, 3.3871327179])) /
      polynomial(r, [67.1875636, 78.757757664, 17.895169469, 1])
    );
  }
  const r = Math.sqrt(-Math.log(q < 0 ? probability : 1 - probability));
  const value =
    r <= 5
      ? polynomial(r - 1.6, [0.17023821103, 1.3067284816, 2.75681539, 1.4234372777]) /
        polynomial(r - 1.6, [0.12021132975, 0.7370016425, 1])
      : polynomial(r - 5, [0.017337203997, 0.42868294337, 3.081226386, 6.657905115]) /
        polynomial(r - 5, [0.012258202635, 0.24197894225, 1]);
  return q < 0 ? -value : value;
}

function polynomial(x: number, coefficients: readonly number[]): number {
  return coefficients.reduce((value, coefficient) => value * x + coefficient, 0);
}
