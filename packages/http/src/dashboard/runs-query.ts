import type { ListRunsOptions } from "@tamis/storage";
import { z } from "zod";

/** A field of a form that was left empty is as if it were not there. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === "" ? undefined : value), schema.optional());

/** What the table of runs shows, as it stands in the address. */
export const RunsQuery = z.object({
  experiment: optional(z.string().max(200)),
  status: optional(z.enum(["running", "finished", "failed", "cancelled"])),
  snapshot: optional(z.string().regex(/^[0-9a-f]{64}$/, "is a digest of 64 hexadecimal digits")),
  metric: optional(z.string().max(200)),
  min: optional(z.coerce.number()),
  max: optional(z.coerce.number()),
  /** `started` or the name of a metric. */
  sort: optional(z.string().max(200)),
  order: optional(z.enum(["ascending", "descending"])),
  after: optional(z.string().max(1000)),
});
export type RunsQuery = z.infer<typeof RunsQuery>;

/** Rows a page. */
const pageSize = 25;

/** The same as what the database is asked for. */
export function runsOptions(query: RunsQuery, limit = pageSize): ListRunsOptions {
  const { experiment, status, snapshot, metric: name, min, max, sort = "started", order, after } = query;
  const direction = order ?? "descending";
  return {
    experiment,
    status,
    snapshot,
    after,
    limit,
    metric:
      name === undefined
        ? undefined
        : { name, ...(min !== undefined && { min }), ...(max !== undefined && { max }) },
    orderBy: sort === "started" ? { by: "startedAt", direction } : { by: "metric", name: sort, direction },
  };
}

/** The address of the table with other filters; the page of rows begins anew. */
export function runsAddress(query: RunsQuery, changes: Partial<RunsQuery> = {}, path = "/runs"): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, after: undefined, ...changes })) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text === "" ? path : `${path}?${text}`;
}
