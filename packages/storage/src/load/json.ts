import { maxRawLength, type Scale, TamisError } from "@tamis/core";
import { defaultMaxLineLength, delimitedReader } from "./delimited.ts";
import { fieldText } from "./delimited-batch.ts";
import { type JsonElement, jsonElements } from "./json-elements.ts";
import type { RatingHandlers } from "./rating-batch.ts";
import { findRatingColumns, type RatingColumns } from "./rating-columns.ts";
import { rawRatings } from "./raw-ratings.ts";
import type { TextSample } from "./sample-text.ts";

/** How the ratings of a JSON file are laid out. */
export interface JsonLayout {
  /** One object a line (then a damaged line costs only itself), or objects one after the other, in an array or not. */
  readonly form: "lines" | "elements";
  /** Key of each column, in the order user, item, rating, time. */
  readonly keys: readonly [string, string, string, string | null];
}

/** A file read from bytes to ratings. */
export interface RatingsReader {
  push(chunk: Uint8Array): void;
  end(): void;
}

/**
 * Finds out the form of a JSON file and which keys hold user, item, rating and time.
 *
 * @throws data_load when the file holds no object, or no key looks like a rating's
 * @throws invalid_input when `asked` names a key that is not there
 */
export function detectJson(sample: TextSample, name: string, asked?: readonly string[]): JsonLayout {
  if (sample.empty) throw refusal(name, "is empty");
  const firstLine = /^[^\n]*/.exec(
    sample.bytes
      .toString("utf8")
      .replace(/^\uFEFF/, "")
      .trimStart(),
  )![0];
  const form = parseObject(firstLine) ? "lines" : "elements";
  const objects: Record<string, unknown>[] = [];
  const reader = jsonReader(form, (element) => {
    const object = parseObject(element.text);
    if (object) objects.push(object);
  });
  reader.push(sample.bytes);
  reader.end();
  if (objects.length === 0) throw refusal(name, "holds no JSON object; expected one for each rating");
  const names = [...new Set(objects.slice(0, 1000).flatMap((object) => Object.keys(object)))];
  const byName = asked && asByName(asked);
  // Keys have no place: only their names tell.
  const columns = findRatingColumns(names, byName ? names.length : 0, byName);
  if (!columns) throw refusal(name, `has no keys for user, item and rating; it has: ${names.join(", ")}`);
  return { form, keys: keysOf(columns, names) };
}

/** Reads ratings from the bytes of a JSON file; `line` is where an object starts. */
export function jsonRatings(
  layout: JsonLayout,
  source: string,
  scale: Scale,
  handlers: RatingHandlers,
): RatingsReader {
  const [user, item, rating, time] = layout.keys;
  const ratings = rawRatings(source, scale, handlers);
  const reader = jsonReader(layout.form, (element) => {
    const { line, text, problem } = element;
    const object = problem ? undefined : parseObject(text);
    if (!object) {
      const detail = "not a complete JSON object";
      handlers.onReject({
        source,
        line,
        raw: text.slice(0, maxRawLength),
        ...(problem ?? { reason: "invalid_json", detail }),
      });
      return;
    }
    const raw = {
      userId: cell(object[user]),
      itemId: cell(object[item]),
      rating: cell(object[rating]),
      ratedAt: time === null ? undefined : cell(object[time]),
    };
    ratings.take(raw, line, () => text.slice(0, maxRawLength));
  });
  return {
    push: reader.push,
    end() {
      reader.end();
      ratings.end();
    },
  };
}

function jsonReader(form: JsonLayout["form"], onElement: (element: JsonElement) => void): RatingsReader {
  if (form === "elements") return jsonElements(onElement, defaultMaxLineLength);
  // A control character cannot stand in JSON, so each line is one field.
  return delimitedReader(
    { separator: "\u0001" },
    {
      onBatch(batch) {
        for (let row = 0; row < batch.rows; row++) {
          const text = fieldText(batch, batch.firstField[row]!);
          if (text.trim() !== "") onElement({ line: batch.lines[row]!, text });
        }
      },
      onProblem: ({ line, raw, reason, detail }) =>
        onElement({ line, text: raw, problem: { reason, detail } }),
    },
  );
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function cell(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function keysOf(columns: RatingColumns, names: readonly string[]): JsonLayout["keys"] {
  const time = columns.timestamp === null ? null : names[columns.timestamp]!;
  return [names[columns.user]!, names[columns.item]!, names[columns.rating]!, time];
}

/** `user,item,rating` are roles by position, which keys do not have: then their names are detected. */
function asByName(asked: readonly string[]): readonly string[] | undefined {
  const roles = ["user", "item", "rating", "timestamp", "_", ""];
  return asked.every((word) => roles.includes(word.trim())) ? undefined : asked;
}

function refusal(name: string, message: string): TamisError {
  return new TamisError("data_load", `${name} ${message}.`, { details: { file: name } });
}
