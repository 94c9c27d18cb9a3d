const counts = new Intl.NumberFormat("en");
const instants = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "medium",
  timeStyle: "short",
  timeZone: "UTC",
});
const days = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "UTC" });
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

/** `21 Nov 2026`, in UTC. */
export function formatDay(instant: Date): string {
  return days.format(instant);
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
