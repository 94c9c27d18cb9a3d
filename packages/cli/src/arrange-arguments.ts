import { globalFlagsWithValue, globalSwitches } from "./global-flags.ts";

/**
 * Rewrites an argument list into what Stricli understands, so that people may type it as they do elsewhere:
 *
 * - global flags may stand before the command (`tamis --json recommend 1`): they move behind it;
 * - `-n10` is `-n 10`, `--n 10` is `-n 10`;
 * - `--name=` and values with line ends (`--options='{\n…}'`) become two arguments.
 *
 * What follows `--` is left alone.
 */
export function arrangeArguments(given: readonly string[]): string[] {
  const separator = given.indexOf("--");
  const before = separator === -1 ? given : given.slice(0, separator);
  const after = separator === -1 ? [] : given.slice(separator);
  const kept: string[] = [];
  const moved: string[] = [];
  const pending = before.flatMap(splitArgument);
  for (let index = 0; index < pending.length; index++) {
    const argument = pending[index] as string;
    const value = pending[index + 1];
    if (globalSwitches.includes(argument)) moved.push(argument);
    else if (globalFlagsWithValue.includes(argument) && value !== undefined) {
      moved.push(argument, value);
      index++;
    } else kept.push(argument);
  }
  return [...kept, ...moved, ...after];
}

function splitArgument(argument: string): string[] {
  const long = /^(--[a-z][\w.-]+)=(.*)$/is.exec(argument);
  if (long) {
    const [, name = "", value = ""] = long;
    const needsSplit = value === "" || value.includes("\n") || globalFlagsWithValue.includes(name);
    return needsSplit ? [name, value] : [argument];
  }
  const short = /^-([a-z])(\d+)$/i.exec(argument);
  if (short) return [`-${short[1]}`, short[2] as string];
  return [/^--[a-z]$/i.test(argument) ? argument.slice(1) : argument];
}
