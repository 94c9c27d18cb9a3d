import { maxRawLength } from "@tamis/core";
import type { TextEncoding } from "./delimited-batch.ts";

export interface LineTexts {
  /** The text of a 1-based line, without its end, cut to the length kept of a refused row. */
  at(line: number): Promise<string>;
  close(): Promise<void>;
}

const newline = 10;

/**
 * Reads the texts of some lines of a file again. Lines must be asked for in ascending order: the bytes go by once,
 * and no more than one chunk and one line are held.
 */
export function lineTexts(chunks: AsyncIterable<Uint8Array>, encoding: TextEncoding): LineTexts {
  const iterator = chunks[Symbol.asyncIterator]();
  let bytes = Buffer.alloc(0);
  let at = 0;
  let line = 1;

  async function more(): Promise<boolean> {
    const next = await iterator.next();
    if (next.done) return false;
    bytes = at < bytes.length ? Buffer.concat([bytes.subarray(at), next.value]) : Buffer.from(next.value);
    at = 0;
    return true;
  }

  return {
    async at(wanted) {
      while (line < wanted) {
        while (at < bytes.length && line < wanted) if (bytes[at++] === newline) line++;
        if (line < wanted && !(await more())) return "";
      }
      const enough = 4 * maxRawLength;
      while (bytes.indexOf(newline, at) < 0 && bytes.length - at < enough) if (!(await more())) break;
      const found = bytes.indexOf(newline, at);
      const end = Math.min(found < 0 ? bytes.length : found, at + enough);
      const text = bytes.toString(encoding === "utf-8" ? "utf8" : "latin1", at, end);
      return text
        .replace(/^\uFEFF/, "")
        .replace(/\r$/, "")
        .slice(0, maxRawLength);
    },
    async close() {
      await iterator.return?.();
    },
  };
}
