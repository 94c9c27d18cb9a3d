import { TamisError } from "@tamis/core";

/** The longest key, in bytes of UTF-8. */
const maxKeyBytes = 900;

/** Longest segment, in bytes of UTF-8: what the file systems of a folder store accept. */
const maxSegmentBytes = 255;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what a key may not hold
const forbidden = /[\u0000-\u001f\u007f\\]/;

/**
 * Checks the key of an object: a relative path with `/`, without an empty segment, `.`, `..`, a backslash or a
 * control character, in Unicode NFC, at most 900 bytes of UTF-8, 255 a segment. `.tmp` as first segment belongs
 * to the store.
 *
 * @throws invalid_input naming the key and what is wrong with it
 */
export function checkObjectKey(key: string): void {
  const fault = faultOf(key);
  if (fault === undefined) return;
  throw new TamisError("invalid_input", `The object key ${JSON.stringify(key.slice(0, 100))} ${fault}.`, {
    details: { key: key.slice(0, 1000) },
  });
}

/** True for what {@link checkObjectKey} accepts. */
export function isObjectKey(key: string): boolean {
  return faultOf(key) === undefined;
}

/**
 * Checks the prefix of a listing: the beginning of a key, so it may be empty or end in the middle of a name.
 *
 * @throws invalid_input
 */
export function checkObjectPrefix(prefix: string): void {
  if (prefix !== "") checkObjectKey(`${prefix}x`);
}

/** Orders keys as every store lists them, by their bytes of UTF-8: negative, 0 or positive. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function faultOf(key: string): string | undefined {
  if (key === "") return "is empty";
  if (/\p{Surrogate}/u.test(key)) return "is not well-formed Unicode";
  if (key !== key.normalize("NFC")) return "is not in Unicode normal form C";
  if (forbidden.test(key)) return "holds a backslash or a control character";
  if (Buffer.byteLength(key) > maxKeyBytes) return `has more than ${maxKeyBytes} bytes`;
  const segments = key.split("/");
  if (segments[0] === ".tmp") return "begins with .tmp, which belongs to the store";
  for (const segment of segments) {
    if (segment === "") return "has an empty segment";
    if (segment === "." || segment === "..") return `has a segment “${segment}”`;
    if (Buffer.byteLength(segment) > maxSegmentBytes)
      return `has a segment of more than ${maxSegmentBytes} bytes`;
  }
  return undefined;
}
