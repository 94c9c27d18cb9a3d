/** A number for a person: four significant digits, “–” where there is none. */
export function numeral(value: number | null): string {
  if (value === null) return "–";
  if (Number.isInteger(value)) return value.toLocaleString("en-GB");
  return Math.abs(value) < 0.0001 ? value.toExponential(1) : String(Number(value.toPrecision(4)));
}

/** A share as per cent, one decimal. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
