import { TamisError } from "@tamis/core";
import type { RunAttribute, RunCondition, RunField, SearchRunsOptions } from "@tamis/storage";
import { fromMlflowKey, fromMlflowStatus, ownTags } from "@tamis/storage/mlflow";
import { type FilterClause, parseFilter, parseOrder } from "./parse-filter.ts";

const attributes: Readonly<Record<string, RunAttribute>> = {
  run_id: "runId",
  run_name: "name",
  "Run name": "name",
  status: "status",
  start_time: "startedAt",
  Created: "startedAt",
  end_time: "endedAt",
};

/** Tags that are columns with us. */
const tags: Readonly<Record<string, RunAttribute>> = {
  [ownTags.runId]: "runId",
  [ownTags.snapshot]: "snapshot",
  [ownTags.seed]: "seed",
  [ownTags.message]: "message",
  [ownTags.name]: "name",
};

/** @throws invalid_input */
export function runConditions(filter: string): RunCondition[] {
  return parseFilter(filter).map((clause) => {
    const field = fieldOf(clause.scope, clause.key);
    return { field, comparison: clause.comparison, value: valueFor(field, clause) };
  });
}

/** @throws invalid_input */
export function runOrder(parts: readonly string[]): NonNullable<SearchRunsOptions["orderBy"]> {
  return parts.map((part) => {
    const { scope, key, direction } = parseOrder(part);
    return { field: fieldOf(scope, key), direction };
  });
}

function fieldOf(scope: string, key: string): RunField {
  if (/^(?:metrics?)$/.test(scope)) return { kind: "metric", name: fromMlflowKey(key) };
  if (/^(?:params?|parameters?)$/.test(scope)) return { kind: "parameter", name: fromMlflowKey(key) };
  if (/^tags?$/.test(scope)) {
    const own = tags[key];
    return own ? { kind: "attribute", name: own } : { kind: "tag", name: fromMlflowKey(key) };
  }
  const name = /^(?:attr|attributes?|run)?$/.test(scope) ? attributes[key] : undefined;
  if (name) return { kind: "attribute", name };
  const known = Object.keys(attributes).filter((each) => /^[a-z_]+$/.test(each));
  throw new TamisError(
    "invalid_input",
    `“${scope && `${scope}.`}${key}” cannot be searched by: use metrics.NAME, params.NAME, tags.NAME, or an attribute (${known.join(", ")}).`,
  );
}

function valueFor(field: RunField, { key, comparison, value }: FilterClause): RunCondition["value"] {
  const isTime = field.kind === "attribute" && /edAt$/.test(field.name);
  const isNumber = field.kind === "metric" || isTime || (field.kind === "attribute" && field.name === "seed");
  if (comparison === "like" && isNumber) throw unfit(key, "is a number, which ILIKE does not compare");
  if (isNumber) {
    const number = Number(value);
    if (value === "" || !Number.isFinite(number)) throw unfit(key, `is a number, and ${value} is none`);
    return isTime ? new Date(number) : number;
  }
  if (typeof value === "number") throw unfit(key, `is a text; write '${value}'`);
  return field.kind === "attribute" && field.name === "status" && comparison !== "like"
    ? statusNamed(value)
    : value;
}

/** A status we do not know is none that a run can have. */
function statusNamed(value: string): string {
  const status = fromMlflowStatus(value);
  return status === "running" && value !== "RUNNING" ? value : status;
}

function unfit(key: string, why: string): TamisError {
  return new TamisError("invalid_input", `In the filter, “${key}” ${why}.`);
}
