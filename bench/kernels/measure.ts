/** One row of the printed table; ratios are against the plain loop of the same section and run. */
export interface Measured {
  readonly wall: number;
  readonly cpu: number;
}

/** The least wall and the least CPU time of `times` runs, in seconds, with the last result. */
export async function best<T>(times: number, work: () => T | Promise<T>): Promise<Measured & { result: T }> {
  let [wall, cpu] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let run = 1; ; run++) {
    const [startWall, startCpu] = [performance.now(), process.cpuUsage()];
    const result = await work();
    wall = Math.min(wall, (performance.now() - startWall) / 1000);
    const { user, system } = process.cpuUsage(startCpu);
    cpu = Math.min(cpu, (user + system) / 1e6);
    if (run === times) return { wall, cpu, result };
  }
}

/** Prints one row: what, wall and CPU seconds, how many times faster than `base`, and remarks. */
export function row(name: string, { wall, cpu }: Measured, base: Measured | undefined, remark = ""): void {
  const ratio = base === undefined ? "" : `${(base.wall / wall).toFixed(1)}x`;
  process.stdout.write(
    `${name.padEnd(44)} ${wall.toFixed(3).padStart(8)} s ${cpu.toFixed(3).padStart(8)} cpu ${ratio.padStart(8)}  ${remark}\n`,
  );
}
