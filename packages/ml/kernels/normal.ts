/** Laid out word for word by src/kernels/normal-rows.ts. */
@unmanaged
class NormalArguments {
  rows: usize;
  count: u32;
  width: u32;
  bytes: u32;
  tasks: u32;
  seed: u32;
  mean: f32;
  deviation: f32;
}

/**
 * Fills one slice of rows with draws from N(mean, deviation²). Each row has its own stream (SplitMix32 seeded by
 * the row), so that the slices may be filled in any order by any number of workers.
 */
export function normalRows(args: usize, phase: u32, task: u32): void {
  const a = changetype<NormalArguments>(args);
  const from = <u32>((<u64>a.count * task) / a.tasks), to = <u32>((<u64>a.count * (task + 1)) / a.tasks);
  for (let row = from; row < to; row++) {
    let state = mix(a.seed ^ mix(row + 0x9e3779b9));
    const start = a.rows + row * a.bytes;
    for (let column: u32 = 0; column < a.width; column++) {
      state += 0x9e3779b9;
      const uniform = (<f64>(mix(state) >>> 8) + 0.5) / 16777216.0;
      store<f32>(start + (column << 2), <f32>(<f64>a.mean + <f64>a.deviation * quantile(uniform)));
    }
  }
}

export function mix(value: u32): u32 {
  let z = value;
  z = (z ^ (z >>> 16)) * 0x21f0aaad;
  z = (z ^ (z >>> 15)) * 0x735a2d97;
  return z ^ (z >>> 15);
}

/** The standard normal quantile to 7 digits. Source: Wichura, Algorithm AS 241 (PPND7), Applied Statistics 37(3), 1988. */
function quantile(probability: f64): f64 {
  const q = probability - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (
      (q * (((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179)) /
      (((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1.0)
    );
  }
  const r = Math.sqrt(-Math.log(q < 0 ? probability : 1.0 - probability));
  let value: f64;
  if (r <= 5.0) {
    const s = r - 1.6;
    value =
      (((0.17023821103 * s + 1.3067284816) * s + 2.7568153900) * s + 1.4234372777) /
      ((0.12021132975 * s + 0.73700164250) * s + 1.0);
  } else {
    const s = r - 5.0;
    value =
      (((0.017337203997 * s + 0.42868294337) * s + 3.0812263860) * s + 6.6579051150) /
      ((0.012258202635 * s + 0.24197894225) * s + 1.0);
  }
  return q < 0 ? -value : value;
}
