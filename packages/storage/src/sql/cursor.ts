import { TamisError } from "@tamis/core";

type CursorType = { number: number; string: string };

/** The place where a page ended, as an opaque text for the caller. */
export function cursorOf(...place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

/**
 * Reads a {@link cursorOf} back.
 *
 * @throws invalid_input when it is not one
 */
export function readCursor<Types extends readonly (keyof CursorType)[]>(
  cursor: string,
  ...types: Types
): { [Index in keyof Types]: CursorType[Types[Index]] } {
  const place = parse(cursor);
  if (
    Array.isArray(place) &&
    place.length === types.length &&
    types.every((type, index) => typeof place[index] === type)
  ) {
    return place as unknown as { [Index in keyof Types]: CursorType[Types[Index]] };
  }
  throw new TamisError(
    "invalid_input",
    `“${cursor.slice(0, 100)}” is not where a page ended; pass the “next” of the page before.`,
  );
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
