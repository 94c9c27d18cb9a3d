import { isUtf8 } from "node:buffer";
import type { TextEncoding } from "./delimited-batch.ts";

/** The beginning of a text file: whole lines only, without those too long to tell anything. */
export interface TextSample {
  readonly bytes: Buffer;
  /** The file holds at least one byte. */
  readonly empty: boolean;
}

const wanted = 1 << 18;
const newline = 10;

/** Reads up to 256 KiB of whole lines; lines longer than that are passed over. */
export async function sampleText(chunks: AsyncIterable<Uint8Array>): Promise<TextSample> {
  let kept = Buffer.alloc(0);
  let empty = true;
  let discarding = false;
  for await (const chunk of chunks) {
    if (chunk.length > 0) empty = false;
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (discarding) {
      const end = bytes.indexOf(newline);
      if (end < 0) continue;
      bytes = bytes.subarray(end + 1);
      discarding = false;
    }
    kept = Buffer.concat([kept, bytes]);
    if (kept.length < wanted) continue;
    const last = kept.subarray(0, wanted).lastIndexOf(newline);
    if (last >= 0) return { bytes: kept.subarray(0, last + 1), empty };
    const end = kept.indexOf(newline);
    discarding = end < 0;
    kept = discarding ? Buffer.alloc(0) : Buffer.from(kept.subarray(end + 1));
  }
  return { bytes: kept, empty };
}

/**
 * `latin1` when several lines have bytes that are no UTF-8 and none has letters beyond ASCII that are; else
 * `utf-8`, so that a damaged line in a good file is refused rather than misread.
 */
export function detectEncoding(bytes: Buffer, suspectLines = 3): TextEncoding {
  let broken = 0;
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(newline, start);
    const end = found < 0 ? bytes.length : found;
    const line = bytes.subarray(start, end);
    if (line.some((byte) => byte >= 0x80)) {
      if (isUtf8(line)) return "utf-8";
      broken++;
    }
    start = end + 1;
  }
  return broken >= suspectLines ? "latin1" : "utf-8";
}
