import { TamisError } from "@tamis/core";

/**
 * What must be written otherwise: what is not a letter or digit of ASCII, `_`, `-`, `.`, a blank or `/`; our own escapes;
 * and the slashes and points that would make a name another path (`/a`, `a//b`, `a/../b`).
 */
const unfit = /[^\w\-. /]|_(?=x[0-9a-f]{4})|(?<=^|\/)\/|\/$|(?<=^|\/)\.(?=\.?(?:\/|$))|^\.(?=\.)/g;
const escaped = /_x([0-9a-f]{4})_/g;

/**
 * A name as MLflow writes it: each UTF-16 code unit that it refuses is written `_xHHHH_` (`café` → `caf_x00e9_`).
 * {@link fromMlflowKey} brings it back, without loss.
 */
export function toMlflowKey(name: string): string {
  return name.replace(unfit, (unit) => `_x${unit.charCodeAt(0).toString(16).padStart(4, "0")}_`);
}

/** Brings a name of {@link toMlflowKey} back. */
export function fromMlflowKey(key: string): string {
  return key.replace(escaped, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

/** The longest name of a metric, parameter or tag, in characters. */
const maxKeyLength = 250;

/**
 * Checks what {@link toMlflowKey} made.
 *
 * @throws invalid_input for no name, or one that is longer than MLflow takes
 */
export function checkMlflowKeys(pairs: readonly { readonly key: string }[]): void {
  const wrong = pairs.find(({ key }) => key === "" || key.length > maxKeyLength)?.key;
  if (wrong === undefined) return;
  const why = wrong === "" ? "is empty" : `has ${wrong.length} characters as MLflow writes it`;
  throw new TamisError(
    "invalid_input",
    `The name “${fromMlflowKey(wrong).slice(0, 100)}” ${why}; MLflow takes 1 to ${maxKeyLength}. Use another name.`,
  );
}
