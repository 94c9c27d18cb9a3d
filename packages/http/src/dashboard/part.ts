import type { Log } from "@tamis/core";

/** A part of a page: what was read, or nothing when it could not be. */
export type Part<T> = { readonly value: T } | { readonly value?: undefined; readonly failed: true };

/** Reads a part of a page. A page that lacks a part is better than no page: the cause goes to the log. */
export async function readPart<T>(log: Log, part: string, read: () => Promise<T>): Promise<Part<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    log.error("part of a page not readable", { part, error });
    return { failed: true };
  }
}
