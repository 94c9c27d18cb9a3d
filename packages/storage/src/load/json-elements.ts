import type { RejectReason } from "@tamis/core";
import { maxRawLength } from "@tamis/core";

/** The text of one JSON object and the line it starts on. */
export interface JsonElement {
  readonly line: number;
  readonly text: string;
  readonly problem?: { readonly reason: RejectReason; readonly detail: string };
}

const [quote, backslash, newline] = [34, 92, 10];
const [openBrace, closeBrace, openBracket, closeBracket] = [123, 125, 91, 93];
const noObject = { reason: "invalid_json", detail: "no JSON object" } as const;
/** Blanks, commas, brackets and the mark of UTF-8: what may stand between objects. */
const betweenObjects = new Set([9, 10, 13, 32, 44, openBracket, closeBracket, 0xef, 0xbb, 0xbf]);

/**
 * Cuts a stream of JSON into its outermost objects, whether they stand in one array, pretty-printed or not, or
 * one after the other. Only brackets and strings are understood here; `JSON.parse` judges each object. What stands
 * between objects and is no punctuation is given with the problem `invalid_json`.
 *
 * An object longer than `maxLength` bytes is given with the problem `line_too_long` and its beginning only; one
 * that the end of the file cuts off with `invalid_json`.
 */
export function jsonElements(
  onElement: (element: JsonElement) => void,
  maxLength: number,
): { push(chunk: Uint8Array): void; end(): void } {
  const bytes = Buffer.allocUnsafe(maxLength);
  let length = 0; // of the object, or of what stands between objects
  let depth = 0; // of braces and brackets inside the object; 0 outside
  let inString = false;
  let escaped = false;
  let line = 1;
  let startLine = 1;
  let tooLong = false;

  function take(byte: number): void {
    if (depth === 0) {
      takeBetween(byte);
      return;
    }
    keep(byte);
    if (byte === newline) line++;
    if (inString) {
      if (escaped) escaped = false;
      else if (byte === backslash) escaped = true;
      else if (byte === quote) inString = false;
      return;
    }
    if (byte === quote) inString = true;
    else if (byte === openBrace || byte === openBracket) depth++;
    else if (byte === closeBrace || byte === closeBracket) {
      depth--;
      if (depth === 0) give();
    }
  }

  /** What is no object ends with its line, or where the next object begins. */
  function takeBetween(byte: number): void {
    if (length > 0 && (byte === openBrace || byte === newline)) give(noObject);
    if (byte === openBrace) depth = 1;
    if (length === 0) startLine = line;
    if (byte === newline) line++;
    else if (length > 0 || !betweenObjects.has(byte)) keep(byte);
  }

  function keep(byte: number): void {
    if (length < maxLength) bytes[length++] = byte;
    else tooLong = true;
  }

  function give(problem?: JsonElement["problem"]): void {
    const text = bytes.toString("utf8", 0, tooLong ? 4 * maxRawLength : length);
    const long = { reason: "line_too_long" as const, detail: `the object is longer than ${maxLength} bytes` };
    const wrong = tooLong ? long : problem;
    onElement({ line: startLine, text, ...(wrong ? { problem: wrong } : {}) });
    length = 0;
    depth = 0;
    inString = false;
    tooLong = false;
  }

  return {
    push(chunk) {
      for (let i = 0; i < chunk.length; i++) take(chunk[i]!);
    },
    end() {
      if (depth > 0) give({ reason: "invalid_json", detail: "the file ends inside this object" });
      else if (length > 0) give(noObject);
    },
  };
}
