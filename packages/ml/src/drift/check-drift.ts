import {
  type CountedColumn,
  type Json,
  type RatingFigures,
  type RatingWindow,
  type StoredDriftBaseline,
  type StoredDriftReport,
  TamisError,
} from "@tamis/core";
import { type DriftBaseline, parseDriftBaseline } from "./baseline.ts";
import type { DriftOptions } from "./detect-drift.ts";
import type { DriftDocument, DriftProfile } from "./drift-document.ts";
import { type DriftFindings, type DriftMaterial, judgeDrift } from "./judge-drift.ts";
import { type FigureChange, simpleDrift } from "./simple.ts";
import {
  comparedRatings,
  type DriftPorts,
  defaultBaseline,
  scoredLists,
  takeBaseline,
} from "./take-baseline.ts";

export interface CheckDriftOptions extends DriftOptions {
  /** Name of the baseline. @default "default" */
  readonly name?: string;
  /** Version of the baseline. @default the newest */
  readonly version?: number;
  /** @default "calibrated" */
  readonly profile?: DriftProfile;
  /** The ratings that are compared. @default the latest 10,000 of the data set */
  readonly window?: RatingWindow;
  /** Of the profile `simple`: per cent. @default 10 */
  readonly threshold?: number;
  /** Compares; a caller who must not wait gives one that works in a thread. @default judgeDrift */
  readonly judge?: (material: DriftMaterial) => DriftFindings | Promise<DriftFindings>;
}

/** A report as it was stored, and what it says. */
export interface DriftCheckResult extends Omit<StoredDriftReport, "document"> {
  readonly document: DriftDocument;
}

/** The most users, or items, that are dealt anew. */
const mostIds = 2_000;

/**
 * Compares ratings with a baseline and stores the report: the columns, how users and items are spread, and the scores of
 * the lists that were recommended since the baseline was taken.
 *
 * @throws not_found when there is no such baseline, or nothing to compare with it
 *
 * @example
 * const ports = { counts: ratingCounts(tamis), store: driftStore(tamis.records) };
 * await takeBaseline(ports, { createdBy: "lea" });
 * const { verdict } = await checkDrift(ports, { window: { last: 5_000 } });
 */
export async function checkDrift(
  ports: DriftPorts,
  options: CheckDriftOptions = {},
): Promise<DriftCheckResult> {
  const {
    name,
    version,
    profile = "calibrated",
    window = { last: comparedRatings },
    judge = judgeDrift,
  } = options;
  const { counts, store, now = () => new Date() } = ports;
  const stored = await findBaseline(ports, name, version);
  const baseline = await parseDriftBaseline(stored.document);
  const { material, rows, snapshot } = await gather(ports, stored, baseline, profile, window);
  const { name: _n, version: _v, profile: _p, window: _w, judge: _j, ...limits } = options;
  const found = await judge({ ...material, figures: await counts.figures(), options: limits });
  const document: DriftDocument = {
    schema_version: 1,
    created_at: now().toISOString(),
    profile,
    baseline: {
      name: stored.name,
      version: stored.version,
      digest: stored.digest,
      snapshot: stored.snapshot,
      created_at: stored.createdAt.toISOString(),
    },
    current: {
      snapshot,
      since: window.since?.toISOString() ?? null,
      last: window.last ?? null,
      rows,
    },
    ...found,
  };
  const report = await store.addReport({
    baseline: stored.name,
    baselineVersion: stored.version,
    profile,
    verdict: document.verdict,
    document: document as Json,
  });
  return { ...report, document };
}

async function gather(
  { counts }: DriftPorts,
  stored: StoredDriftBaseline,
  baseline: DriftBaseline,
  profile: DriftProfile,
  window: RatingWindow,
) {
  const none = { profile, baseline, columns: [], ids: [] };
  if (profile === "simple") return { material: none, rows: 0, snapshot: null };
  const counted = await counts.columns(window);
  const scores: CountedColumn = {
    name: "score",
    kind: "numbers",
    sample: await counts.scores({ after: stored.createdAt, last: scoredLists }),
  };
  const hadScores = baseline.columns.some((column) => column.name === "score");
  const columns = hadScores || scores.sample.size > 0 ? [...counted.columns, scores] : counted.columns;
  const ids = profile === "calibrated" ? await gatherIds(counts, baseline, window) : [];
  return {
    material: { ...none, columns, ids },
    rows: counted.rows,
    snapshot: counted.snapshot,
  };
}

async function gatherIds(
  counts: DriftPorts["counts"],
  { snapshot, window }: DriftBaseline,
  current: RatingWindow,
) {
  if (snapshot === null) return [];
  const since = window.since === null ? undefined : new Date(window.since);
  const reference = { snapshot, since, last: window.last ?? undefined };
  const table = (role: "user" | "item") => counts.ids(role, { reference, current }, mostIds);
  return [
    { column: "user_id", table: await table("user") },
    { column: "item_id", table: await table("item") },
  ];
}

async function findBaseline(
  { store }: DriftPorts,
  name = defaultBaseline,
  version?: number,
): Promise<StoredDriftBaseline> {
  const found = await store.findBaseline(name, version);
  if (found !== undefined) return found;
  throw new TamisError(
    "not_found",
    version === undefined
      ? `There is no drift baseline “${name}” yet. Take one with: tamis drift baseline`
      : `The drift baseline “${name}” has no version ${version}. List them with: tamis drift list`,
    { details: { name, version: version ?? null } },
  );
}

/** The answer of {@link checkFigures}. */
export interface FigureDrift {
  readonly baseline: StoredDriftBaseline;
  /** Whether the baseline was taken just now, for want of one: nothing has drifted then. */
  readonly taken: boolean;
  readonly current: RatingFigures;
  readonly changes: Readonly<Record<string, FigureChange>>;
}

/**
 * Compares only the figures of all the data with those of the baseline (`simpleDrift`): quick, and stores no report.
 * Without a baseline it takes one.
 */
export async function checkFigures(
  ports: DriftPorts,
  { name = defaultBaseline, threshold, createdBy }: { name?: string; threshold?: number; createdBy: string },
): Promise<FigureDrift> {
  const known = await ports.store.findBaseline(name);
  const baseline = known ?? (await takeBaseline(ports, { name, createdBy }));
  const current = await ports.counts.figures();
  const { figures } = await parseDriftBaseline(baseline.document);
  return { baseline, taken: known === undefined, current, changes: simpleDrift(figures, current, threshold) };
}
