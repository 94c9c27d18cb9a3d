import { canonicalId, Id } from "./id.ts";
import type { Rating, Scale } from "./rating.ts";

/** Why a row was not accepted. The codes are stable: they are stored, counted and queried. */
export const rejectReasons = [
  "wrong_column_count",
  "missing_user",
  "missing_item",
  "missing_rating",
  "invalid_id",
  "rating_not_a_number",
  "rating_out_of_scale",
  "timestamp_invalid",
  "duplicate_pair",
  "nul_byte",
  "line_too_long",
  "invalid_encoding",
  "unclosed_quote",
  "invalid_json",
] as const;

/** One of {@link rejectReasons}. */
export type RejectReason = (typeof rejectReasons)[number];

/** A row that was refused: kept with its place and its raw text, never dropped. */
export interface Reject {
  /** The file or table it came from, as the user named it. */
  readonly source: string;
  /** 1-based line (of a file) or row (of a table) where it starts. */
  readonly line: number;
  readonly reason: RejectReason;
  /** A sentence for a person: the offending value and what was expected. */
  readonly detail: string;
  /** The row as it was read, cut to {@link maxRawLength} characters. */
  readonly raw: string;
}

/** How much of a refused row is kept, in UTF-16 code units. */
export const maxRawLength = 1000;

/** A rating as it was read, before anybody believed it. `ratedAt` is absent or empty when the source has no time. */
export interface RawRating {
  readonly userId: string;
  readonly itemId: string;
  readonly rating: string;
  readonly ratedAt?: string | undefined;
}

/** What {@link checkRating} found: a rating, or the reason there is none. */
export type Checked =
  | { readonly rating: Rating; readonly reason?: never; readonly detail?: never }
  | { readonly rating?: never; readonly reason: RejectReason; readonly detail: string };

const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

/**
 * Turns one raw row into a {@link Rating}, or says why not. Blanks around a cell do not count.
 *
 * - `rating` is a decimal number (`4`, `4.5`, `-7.82`, `1e1`) inside `scale`, both ends included.
 * - `ratedAt` is what {@link parseInstant} reads.
 */
export function checkRating(raw: RawRating, scale: Scale): Checked {
  const user = checkId(raw.userId, "user");
  if ("reason" in user) return user;
  const item = checkId(raw.itemId, "item");
  if ("reason" in item) return item;
  const text = raw.rating.trim();
  if (text === "") return { reason: "missing_rating", detail: "the rating is empty" };
  if (!decimal.test(text)) {
    return { reason: "rating_not_a_number", detail: `the rating ${quote(text)} is not a number` };
  }
  const rating = Number(text);
  if (!(rating >= scale.min && rating <= scale.max)) {
    return {
      reason: "rating_out_of_scale",
      detail: `the rating ${quote(text)} is outside the scale ${scale.min}..${scale.max}`,
    };
  }
  const ratedAt = parseInstant(raw.ratedAt ?? "");
  if (Number.isNaN(ratedAt)) {
    return {
      reason: "timestamp_invalid",
      detail: `the time ${quote(raw.ratedAt ?? "")} is neither Unix seconds nor an ISO 8601 date`,
    };
  }
  return { rating: { userId: user.id, itemId: item.id, rating, ratedAt } };
}

const instant =
  /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)? ?(Z|UTC|[+-][0-2]\d(?::?[0-5]\d)?)?)?$/i;

/**
 * Whole Unix seconds of a text, rounded down; `null` when it is blank, `NaN` when it is no instant from 1970 on.
 *
 * Accepts Unix seconds, Unix milliseconds (from 1e11 on), `2017-08-18`, `2017/8/18`, and either with a time
 * (`2017-08-18T10:30:00.5+02:00`, `2017-08-18 10:30 UTC`). Without a zone it is UTC.
 */
export function parseInstant(text: string): number | null {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  const seconds = decimal.test(trimmed) ? unixSeconds(Number(trimmed)) : calendarSeconds(trimmed);
  return seconds >= 0 ? seconds : Number.NaN;
}

function unixSeconds(number: number): number {
  if (number >= 1e14) return Number.NaN;
  return Math.floor(number >= 1e11 ? number / 1000 : number);
}

function calendarSeconds(text: string): number {
  const found = instant.exec(text);
  if (!found) return Number.NaN;
  const [year = "", month = "", day = "", hour = "00", minute = "00", second = "00", zone] = found.slice(1);
  const written = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}T${hour}:${minute}:${second}.000Z`;
  const utc = new Date(written);
  // An engine may carry 30 February to 2 March: what comes back must be what was written.
  if (Number.isNaN(utc.getTime()) || utc.toISOString() !== written) return Number.NaN;
  return utc.getTime() / 1000 - zoneSeconds(zone);
}

function zoneSeconds(zone: string | undefined): number {
  const found = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone ?? "");
  if (!found) return 0;
  const seconds = Number(found[2]) * 3600 + Number(found[3] ?? 0) * 60;
  return found[1] === "-" ? -seconds : seconds;
}

/** An id in its canonical form, or why a text is none. */
export function checkId(
  text: string,
  role: "user" | "item",
): { readonly id: Id } | { readonly reason: RejectReason; readonly detail: string } {
  const trimmed = text.trim();
  if (trimmed === "") return { reason: `missing_${role}`, detail: `the ${role} id is empty` };
  const canonical = canonicalId(trimmed);
  if (typeof canonical === "number") return { id: canonical };
  const parsed = Id.safeParse(trimmed);
  if (parsed.success) return { id: parsed.data };
  return {
    reason: "invalid_id",
    detail: `the ${role} id ${quote(trimmed)}: ${parsed.error.issues[0]?.message}`,
  };
}

function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
