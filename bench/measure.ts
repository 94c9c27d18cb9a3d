/** The least wall and the least CPU time of `times` runs, in seconds, with the last result. */
export async function measure<T>(
  times: number,
  work: () => T | Promise<T>,
): Promise<{ seconds: number; cpu_seconds: number; result: T }> {
  let [seconds, cpu_seconds] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let run = 1; ; run++) {
    const [start, before] = [performance.now(), process.cpuUsage()];
    const result = await work();
    seconds = Math.min(seconds, (performance.now() - start) / 1000);
    const { user, system } = process.cpuUsage(before);
    cpu_seconds = Math.min(cpu_seconds, (user + system) / 1e6);
    if (run === times) return { seconds, cpu_seconds, result };
  }
}
