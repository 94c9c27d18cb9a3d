/**
 * The median time of each work in seconds, all done in turns, so that what disturbs one disturbs all. A first turn
 * that does not count warms up.
 */
export async function inTurns<Name extends string>(
  turns: number,
  works: Readonly<Record<Name, () => Promise<unknown>>>,
): Promise<Record<Name, number>> {
  const entries = Object.entries(works) as [Name, () => Promise<unknown>][];
  const times = new Map<Name, number[]>(entries.map(([name]) => [name, []]));
  for (let turn = 0; turn <= turns; turn++) {
    for (const [name, work] of entries) {
      const took = await seconds(work);
      if (turn > 0) times.get(name)!.push(took);
    }
  }
  return Object.fromEntries(entries.map(([name]) => [name, median(times.get(name)!)])) as Record<
    Name,
    number
  >;
}

export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
