const counts = new Intl.NumberFormat("en");
const instants = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "medium",
  timeStyle: "short",
  timeZone: "UTC",
});
const ages = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** `100836` → `100,836`. */
export function formatCount(count: number): string {
  return counts.format(count);
}

/** A number with a fixed number of decimals and a true minus sign; `—` for none. */
export function formatNumber(value: number | null | undefined, decimals: number): string {
  return value === null || value === undefined ? "—" : value.toFixed(decimals).replace("-", "−");
}

/** `21 Nov 2026, 14:05 UTC`. */
export function formatInstant(instant: Date): string {
  return `${instants.format(instant)} UTC`;
}

/** How long ago, in the largest unit that fits: `3 minutes ago`, `yesterday`. */
export function formatAge(instant: Date, now: Date): string {
  const seconds = Math.round((instant.getTime() - now.getTime()) / 1000);
  const units = [
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
  ] as const;
  for (const [unit, length] of units) {
    if (Math.abs(seconds) >= length) return ages.format(Math.trunc(seconds / length), unit);
  }
  return "just now";
}

/** Milliseconds as `850 µs`, `12.5 ms` or `1.20 s`. */
export function formatMilliseconds(milliseconds: number): string {
  if (milliseconds < 1) return `${Math.round(milliseconds * 1000)} µs`;
  return milliseconds < 1000 ? `${milliseconds.toPrecision(3)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}

/** From begin to end, `8.4 s` or `3 min 05 s`; `—` for what has not ended. */
export function formatDuration(begin: Date | null, end: Date | null): string {
  if (begin === null || end === null) return "—";
  const seconds = (end.getTime() - begin.getTime()) / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

/** `12.3 kB`, in powers of 1,000. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toPrecision(3)} ${units[power]}`;
}
