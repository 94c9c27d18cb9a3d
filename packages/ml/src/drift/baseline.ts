import { type CountedColumn, jsonDigest, TamisError } from "@tamis/core";
import { z } from "zod";
import { type DriftColumn, mostCells, sketchColumn } from "./column-sketch.ts";

const counts = z.array(z.number().int().nonnegative()).max(mostCells);
const common = { name: z.string(), missing: z.number().int().nonnegative(), counts };

/** What later data are compared with: sketches of columns, not rows. Plain JSON, no longer than the cells it has. */
export type DriftBaseline = z.infer<typeof Baseline>;

const Baseline = z.object({
  schema_version: z.literal(1),
  /** ISO 8601, UTC. */
  created_at: z.iso.datetime(),
  /** The digest of the snapshot it was taken from, where it was one. */
  snapshot: z.string().nullable(),
  /** Which of its rows: those since an instant (ISO 8601), the latest so many; null: all of them. */
  window: z.object({ since: z.iso.datetime().nullable(), last: z.number().int().nullable() }),
  /** Named figures of the whole data: `avg_rating`, `num_users`… */
  figures: z.record(z.string(), z.number()),
  columns: z.array(
    z.discriminatedUnion("kind", [
      z.object({ ...common, kind: z.literal("numbers"), values: z.array(z.number()), exact: z.boolean() }),
      z.object({ ...common, kind: z.literal("labels"), labels: z.array(z.string()) }),
    ]),
  ),
  /** SHA-256 of the canonical JSON of all the rest. */
  digest: z.string(),
});

export interface BaselineOptions {
  /** The digest of the snapshot it is taken from. */
  readonly snapshot?: string | null;
  /** The window it is taken over, where that is not all of the snapshot. */
  readonly since?: Date | null;
  readonly last?: number | null;
  readonly figures?: Readonly<Record<string, number>>;
  readonly now?: () => Date;
}

/**
 * Takes a baseline of some columns.
 *
 * @throws invalid_input for two columns of one name, for a column of identifiers, for a column without any value
 */
export async function driftBaseline(
  columns: readonly (DriftColumn | CountedColumn)[],
  options: BaselineOptions = {},
): Promise<DriftBaseline> {
  const { snapshot = null, since = null, last = null, figures = {}, now = () => new Date() } = options;
  const sketches = columns.map(sketchColumn);
  const names = new Set<string>();
  for (const { name, counts } of sketches) {
    if (names.has(name))
      throw new TamisError("invalid_input", `Two columns of the baseline are named “${name}”.`);
    if (counts.length === 0) {
      throw new TamisError(
        "invalid_input",
        `The column “${name}” has no value to compare with: leave it out.`,
      );
    }
    names.add(name);
  }
  const content = {
    schema_version: 1 as const,
    created_at: now().toISOString(),
    snapshot,
    window: { since: since?.toISOString() ?? null, last },
    figures,
    columns: sketches.map((sketch) => ({
      ...sketch,
      counts: [...sketch.counts],
    })) as DriftBaseline["columns"],
  };
  return { ...content, digest: await jsonDigest(content) };
}

/**
 * Checks what was read from a file or a table.
 *
 * @throws corrupt_data when it is not a baseline, or not the one its digest was made of
 */
export async function parseDriftBaseline(value: unknown): Promise<DriftBaseline> {
  const parsed = Baseline.safeParse(value);
  if (!parsed.success) {
    throw new TamisError("corrupt_data", `Not a drift baseline: ${z.prettifyError(parsed.error)}`);
  }
  const { digest, ...content } = parsed.data;
  if ((await jsonDigest(content)) !== digest) {
    throw new TamisError("corrupt_data", "The drift baseline does not match its digest: take a new one.");
  }
  return parsed.data;
}
