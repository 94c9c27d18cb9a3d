/** Parser of a flag that takes a number. @throws Error saying what is expected, for the line that names the flag */
export function decimal(least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY) {
  return (input: string): number => {
    const value = Number(input);
    if (input.trim() === "" || !Number.isFinite(value)) throw new Error("expected a number.");
    if (value >= least && value <= most) return value;
    throw new Error(
      most === Number.POSITIVE_INFINITY
        ? `expected a number, ${least} or more.`
        : `expected a number from ${least} to ${most}.`,
    );
  };
}
