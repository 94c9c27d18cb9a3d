import { TamisError } from "@tamis/core";
import type { Comparison } from "@tamis/storage";

/** One comparison of a filter: `metrics.rmse < 0.9`. */
export interface FilterClause {
  /** What stands before the first point: `metrics`; empty for a bare name. */
  readonly scope: string;
  readonly key: string;
  readonly comparison: Comparison;
  readonly value: string | number;
}

const mostClauses = 50;
const token =
  /\s*(?:([<>!]=|[<>=])|('[^']*'|"[^"]*")|(-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?![\w.]))|((?:`[^`]*`|"[^"]*"|[\w.-])+)|(\S))/giy;

/**
 * Reads a filter of MLflow: comparisons joined by AND. A name with other characters stands in backquotes or double
 * quotes: metrics.`f1 score`. Comparisons are = != < <= > >= and ILIKE.
 *
 * @throws invalid_input for anything else, OR and LIKE among them
 */
export function parseFilter(text: string): FilterClause[] {
  const words = [...text.matchAll(token)].map(([whole]) => whole.trim());
  if (words.length === 0) return [];
  if (words.length > 4 * mostClauses)
    throw notUnderstood(text, `it has more than ${mostClauses} comparisons`);
  const clauses: FilterClause[] = [];
  for (let at = 0; ; at += 4) {
    const [name = "", comparison = "", value = "", and] = words.slice(at, at + 4);
    clauses.push({
      ...parseName(name, text),
      comparison: parseComparison(comparison, text),
      value: parseValue(value, text),
    });
    if (and === undefined) return clauses;
    if (and.toUpperCase() !== "AND") throw notUnderstood(text, `“${and}” where AND or the end should be`);
  }
}

/** One part of an `order_by`: `metrics.rmse ASC`. */
export function parseOrder(text: string): {
  readonly scope: string;
  readonly key: string;
  readonly direction: "asc" | "desc";
} {
  const [, name = "", direction = "asc"] = /^\s*(.*?)(?:\s+(asc|desc))?\s*$/is.exec(text) ?? [];
  return { ...parseName(name, text), direction: direction.toLowerCase() as "asc" | "desc" };
}

function parseName(name: string, text: string): Pick<FilterClause, "scope" | "key"> {
  const [, scope = "", key = ""] = /^(?:(\w+)\.)?(`[^`]+`|"[^"]+"|[\w.-]+)$/.exec(name) ?? [];
  if (key === "") throw notUnderstood(text, `“${name}” where a name should be`);
  return { scope: scope.toLowerCase(), key: key.replace(/^[`"]|[`"]$/g, "") };
}

function parseComparison(word: string, text: string): Comparison {
  if (/^(?:[<>!]?=|[<>])$/.test(word)) return word as Comparison;
  if (word.toUpperCase() === "ILIKE") return "like";
  throw notUnderstood(text, `“${word}” where one of = != < <= > >= ILIKE should be`);
}

function parseValue(word: string, text: string): string | number {
  if (/^'.*'$|^".*"$/s.test(word)) return word.slice(1, -1);
  if (word !== "" && Number.isFinite(Number(word))) return Number(word);
  throw notUnderstood(text, `“${word}” where a number or a text in quotes should be`);
}

function notUnderstood(text: string, why: string): TamisError {
  return new TamisError("invalid_input", `The filter ${text.slice(0, 200)} is not understood: ${why}.`);
}
