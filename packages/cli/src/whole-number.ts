/**
 * Parser of a flag that takes a whole number, at least `least`.
 *
 * @throws Error saying what is expected, for the line that names the flag
 */
export function wholeNumber(least: number): (input: string) => number {
  return (input) => {
    const value = Number(input);
    if (!/^[+-]?\d+$/.test(input.trim()) || !Number.isSafeInteger(value) || value < least) {
      throw new Error(`expected a whole number, ${least} or more.`);
    }
    return value;
  };
}
