import { TamisError } from "./errors.ts";

/** What JSON can hold: what is stored comes back the same. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/**
 * The one text of a JSON value: no blanks, names sorted by UTF-16 code unit, numbers and strings as ECMAScript
 * writes them. A property that is `undefined` counts as absent.
 *
 * @param what - what the value is, for the message.
 * @throws invalid_input for what JSON cannot hold (NaN, a `Date`, a function, a value inside itself), with its path
 * @source RFC 8785, JSON Canonicalization Scheme.
 *
 * @example
 * canonicalJson({ b: [1, 2], a: null }); // '{"a":null,"b":[1,2]}'
 */
export function canonicalJson(value: unknown, what = "The value"): string {
  return written(value, what, []);
}

/** SHA-256 of {@link canonicalJson}, as 64 hexadecimal digits: equal values have equal digests. */
export async function jsonDigest(value: unknown, what?: string): Promise<string> {
  const bytes = new TextEncoder().encode(canonicalJson(value, what));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param within - the objects that hold `value`, outermost first. */
function written(value: unknown, path: string, within: readonly object[]): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  if (typeof value !== "object" || within.includes(value)) throw notJson(path, value);
  const here = [...within, value];
  if (Array.isArray(value)) {
    return `[${value.map((each, index) => written(each, `${path}[${index}]`, here)).join(",")}]`;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) throw notJson(path, value);
  const properties = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, each]) => `${JSON.stringify(name)}:${written(each, `${path}.${name}`, here)}`);
  return `{${properties.join(",")}}`;
}

function notJson(path: string, value: unknown): TamisError {
  const kind =
    typeof value === "object" && value !== null
      ? `a ${value.constructor?.name ?? "object"} that JSON cannot hold`
      : `${String(value)}, which JSON cannot hold`;
  return new TamisError(
    "invalid_input",
    `${path} is ${kind}; use numbers, texts, booleans, null, arrays and plain objects.`,
  );
}
