import type {
  CountedColumn,
  DriftStore,
  Json,
  RatingCounts,
  RatingWindow,
  StoredDriftBaseline,
} from "@tamis/core";
import { driftBaseline } from "./baseline.ts";
import { mostCells } from "./column-sketch.ts";

/** What drift is watched with. */
export interface DriftPorts {
  readonly counts: RatingCounts;
  readonly store: DriftStore;
  /** @default () => new Date() */
  readonly now?: () => Date;
}

export interface TakeBaselineOptions {
  /** What it is a baseline of. @default "default" */
  readonly name?: string;
  /** The ratings it is taken of, without those that came in since the import. @default all of the current snapshot */
  readonly window?: RatingWindow;
  /** Who takes it. */
  readonly createdBy: string;
}

/** The name of the baseline when none is given. */
export const defaultBaseline = "default";

/** As many lists, the latest ones, are the sample of scores. */
export const scoredLists = 10_000;

/** The latest so many ratings are compared when no others are named. */
export const comparedRatings = 10_000;

/**
 * Takes a baseline: sketches of the columns of a snapshot, of the scores of the lists recommended so far, and the
 * figures of the data as they are now. It becomes the newest version; former ones stay. Before the first import it has
 * the figures only.
 *
 * @throws not_found when there is no such snapshot
 */
export async function takeBaseline(
  { counts, store, now = () => new Date() }: DriftPorts,
  { name = defaultBaseline, window = {}, createdBy }: TakeBaselineOptions,
): Promise<StoredDriftBaseline> {
  const snapshot = window.snapshot ?? (await counts.currentSnapshot());
  const { since = null, last = null } = window;
  const columns = snapshot === undefined ? [] : (await counts.columns({ ...window, snapshot })).columns;
  const scores: CountedColumn = {
    name: "score",
    kind: "numbers",
    sample: await counts.scores({ upTo: now(), last: scoredLists }),
  };
  const document = await driftBaseline([...columns, scores].filter(isComparable), {
    snapshot: snapshot ?? null,
    since,
    last,
    figures: { ...(await counts.figures()) },
    now,
  });
  const { digest } = document;
  return await store.addBaseline({
    name,
    digest,
    snapshot: document.snapshot,
    document: document as Json,
    createdBy,
  });
}

/** Has it values, and few enough labels? */
function isComparable({ kind, sample }: CountedColumn): boolean {
  return sample.size > 0 && (kind === "numbers" || sample.counts.size <= mostCells);
}
