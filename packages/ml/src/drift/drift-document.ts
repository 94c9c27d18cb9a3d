import { z } from "zod";

const count = z.number().int().nonnegative();
const pair = z.object({ reference: z.number(), current: z.number() });
const verdict = z.enum(["drift", "no drift", "not enough data"]);

/** The profiles of a check. */
export const driftProfiles = ["calibrated", "evidently", "simple"] as const;
export type DriftProfile = (typeof driftProfiles)[number];

/**
 * A report on drift as a JSON document: what was compared, every check with its figures, the distributions to draw,
 * and the verdict. It has no rows and no ids of users or items, and its size does not depend on the number of rows.
 * A number that has no value (too few rows) is null.
 */
export const DriftDocument = z.object({
  schema_version: z.literal(1),
  /** ISO 8601, UTC. */
  created_at: z.iso.datetime(),
  profile: z.enum(driftProfiles),
  verdict,
  baseline: z.object({
    name: z.string(),
    version: count,
    digest: z.string(),
    snapshot: z.string().nullable(),
    created_at: z.iso.datetime(),
  }),
  /** The ratings that were compared with it; `since` and `last` are null for all of a snapshot. */
  current: z.object({
    snapshot: z.string().nullable(),
    since: z.iso.datetime().nullable(),
    last: count.nullable(),
    rows: count,
  }),
  /** How many of all reports on unchanged data say "drift"; null for a profile that does not promise it. */
  alpha: z.number().nullable(),
  checks: z.array(
    z.object({
      column: z.string(),
      check: z.enum(["values", "missing", "coverage", "concentration", "unseen", "figure"]),
      method: z.string(),
      rows: pair.nullable(),
      /** The statistic, the distance, or the figure that was found; a p-value where that is all a method says. */
      score: z.number().nullable(),
      /** The figure that the score is compared with: of the baseline, or what no change would give. */
      expected: z.number().nullable(),
      p_value: z.number().nullable(),
      /** Adjusted for the number of checks. */
      adjusted_p_value: z.number().nullable(),
      /** What the score, or the adjusted p-value, is held against. */
      threshold: z.number().nullable(),
      effect: z.number().nullable(),
      effect_size: z.enum(["negligible", "small", "medium", "large"]).nullable(),
      verdict,
      new_labels: z.array(z.object({ label: z.string(), rows: count })),
    }),
  ),
  /** The distributions, as shares of the rows that have a value; `missing`: shares of all rows. */
  columns: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(["numbers", "labels"]),
      missing: pair,
      bars: z.array(z.object({ label: z.string() }).extend(pair.shape)),
    }),
  ),
  drifted_columns: z.object({ count, share: z.number() }),
  /** Columns that only one of the two has. */
  missing_columns: z.array(z.string()),
  new_columns: z.array(z.string()),
});
export type DriftDocument = z.infer<typeof DriftDocument>;
export type DriftCheckDocument = DriftDocument["checks"][number];

/** Is the difference one that an alert should tell of: shown, and not negligible? */
export function isNotable({ verdict: said, effect_size }: DriftCheckDocument): boolean {
  return said === "drift" && effect_size !== "negligible";
}
