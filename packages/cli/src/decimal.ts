/**
 * Parser of a flag that takes a number between `least` and `most`, both included; any number without them.
 *
 * @throws Error saying what is expected, for the line that names the flag
 */
export function decimal(
  least = Number.NEGATIVE_INFINITY,
  most = Number.POSITIVE_INFINITY,
): (input: string) => number {
  return (input) => {
    const value = input.trim() === "" ? Number.NaN : Number(input);
    if (Number.isFinite(value) && value >= least && value <= most) return value;
    if (least === Number.NEGATIVE_INFINITY) throw new Error("expected a number.");
    throw new Error(
      most === Number.POSITIVE_INFINITY
        ? `expected a number, ${least} or more.`
        : `expected a number from ${least} to ${most}.`,
    );
  };
}
