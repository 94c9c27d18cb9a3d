import { TamisError } from "@tamis/core";

/** The longest name of a metric, parameter or tag, in characters. */
const maxKeyLength = 250;

/**
 * What must be written otherwise: what is not a letter or digit of ASCII, `_`, `-`, `.`, a blank or `/`; our own escapes;
 * and the slashes and points that would make a name another path (`/a`, `a//b`, `a/../b`).
 */
const unfit = /[^\w\-. /]|_(?=x[0-9a-f]{4})|(?<=^|\/)\/|\/$|(?<=^|\/)\.(?=\.?(?:\/|$))|^\.(?=\.)/g;
const escaped = /_x([0-9a-f]{4})_/g;

/**
 * A name as MLflow takes it: each UTF-16 code unit that it refuses is written `_xHHHH_` (`café` → `caf_x00e9_`).
 * {@link fromMlflowKey} brings it back, without loss.
 *
 * @throws invalid_input for no name, or one that is longer than 250 characters when written so
 */
export function toMlflowKey(name: string): string {
  const key = name.replace(unfit, (unit) => `_x${unit.charCodeAt(0).toString(16).padStart(4, "0")}_`);
  if (key !== "" && key.length <= maxKeyLength) return key;
  const why = key === "" ? "is empty" : `has ${key.length} characters as MLflow writes it`;
  throw new TamisError(
    "invalid_input",
    `The name “${name.slice(0, 100)}” ${why}; MLflow takes 1 to ${maxKeyLength}. Use another name.`,
  );
}

/** Brings a name of {@link toMlflowKey} back. */
export function fromMlflowKey(key: string): string {
  return key.replace(escaped, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
