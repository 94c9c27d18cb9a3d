const seconds = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/**
 * Parser of a flag that takes a length of time: `90`, `90s`, `5m`, `1h`, `30d`; in seconds.
 *
 * @throws Error saying what is expected, for the line that names the flag
 */
export function duration(input: string): number {
  const found = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(input.trim());
  const value = found ? Number(found[1]) * seconds[(found[2] || "s") as keyof typeof seconds] : 0;
  if (!(value > 0)) throw new Error("expected a time such as 90s, 5m, 1h or 30d.");
  return value;
}
