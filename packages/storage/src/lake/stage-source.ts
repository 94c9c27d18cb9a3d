import { type Id, type Item, type Reject, type Scale, TamisError } from "@tamis/core";
import type { LineTexts } from "../load/line-texts.ts";
import type { ReadOptions } from "../load/ratings-file.ts";
import type { ReadingThread } from "../load/reading-thread.ts";
import type { Tamis } from "../open.ts";
import { type IdKind, type IdKinds, idType } from "./id-kinds.ts";
import type { ImportOptions } from "./import-options.ts";
import type { Catalogue, ImportSource } from "./import-source.ts";
import type { SnapshotManifest } from "./manifest.ts";
import { openStage, type RatingStage } from "./rating-stage.ts";
import { resolveDuplicates } from "./resolve-duplicates.ts";
import { readSnapshotItems, verifiedPath } from "./snapshot.ts";
import { widerIdMet } from "./stage-appenders.ts";
import { rejectCounts } from "./stage-rejects.ts";

/** A source, read and checked: its rows are in the stage, one for each pair. */
export interface StagedSource {
  readonly stage: RatingStage;
  readonly scale: Scale;
  /** Rows of this source that were accepted. */
  readonly accepted: number;
  /** The items of the data set as far as they are known. */
  readonly items: readonly Item[];
  /** The source's catalogue; all but its items is still to be read, its rejects go to the stage. */
  readonly catalogue: Catalogue;
}

/**
 * Reads a source into a new stage, behind the rows of `parent` when it is added to one. When its scale is not
 * known, it is that of its lowest and highest rating.
 *
 * @throws data_load when not one row is accepted
 */
export async function stageSource(
  tamis: Tamis,
  source: ImportSource,
  parent: SnapshotManifest | undefined,
  options: ImportOptions,
  thread?: ReadingThread,
): Promise<StagedSource> {
  const { files } = source;
  const { signal } = options;
  const ratings = await source.openRatings(files, tamis.warehouse);
  const fill = async (kinds: IdKinds): Promise<StagedSource | IdKinds> => {
    const stage = await openStage({ dataDir: tamis.dataDir, kinds, formerRows: parent?.rows, signal });
    try {
      if (parent) await addParent(tamis, stage, parent);
      const readOptions = { ...reading(files, options), thread };
      await stage.fill((handlers) => ratings.read(source.scale ?? anything, handlers, readOptions));
      const catalogue = source.openCatalogue(files, stage.handlers.onReject);
      const items = await mergeItems(tamis, parent, catalogue);
      const openLines = ratings.lineTexts && (() => ratings.lineTexts!(files.ratings!));
      const { accepted, scale } = await acceptedRows(stage, source, openLines, options);
      return { stage, scale: parent ? union(scale, parent.scale) : scale, accepted, items, catalogue };
    } catch (error) {
      stage.close();
      if (error === widerIdMet) return stage.kindsMet();
      throw error;
    }
  };
  let filled = await fill(parent ? await kindsOf(tamis, parent) : { user: "integer", item: "integer" });
  while (!("stage" in filled)) filled = await fill(filled);
  return filled;
}

/** The scale of a file that was given none, while it is read: whatever is a number. */
const anything: Scale = { min: -Number.MAX_VALUE, max: Number.MAX_VALUE };

/** Progress of the reading, and the signal. */
function reading(files: ImportSource["files"], { signal, onProgress }: ImportOptions): ReadOptions {
  const total = files.ratings!.bytes;
  return { signal, onBytes: (done) => onProgress?.({ phase: "reading", done, total, unit: "bytes" }) };
}

/** Resolves duplicates; counts what is left of the source and finds its scale. */
async function acceptedRows(
  stage: RatingStage,
  source: ImportSource,
  openLines: (() => LineTexts) | undefined,
  { onProgress, duplicates = "last" }: ImportOptions,
): Promise<{ accepted: number; scale: Scale }> {
  await stage.flush();
  const { rows: read, ...observed } = stage.survey();
  if (read === 0) throw await nothingAccepted(stage, source);
  onProgress?.({ phase: "duplicates", done: 0, total: read, unit: "rows" });
  const resolving = { source: source.files.ratings!.name, policy: duplicates, openLines };
  const accepted = read - (await resolveDuplicates(stage, resolving));
  onProgress?.({ phase: "duplicates", done: read, total: read, unit: "rows" });
  const { min, max } = duplicates === "sum" ? union(observed, await ratingRange(stage)) : observed;
  const scale = source.scale ?? { min, max: min < max ? max : min + 1 };
  return { accepted, scale: duplicates === "sum" ? union(scale, { min, max }) : scale };
}

/** The lowest and highest of the source's ratings as they are in the stage now. */
async function ratingRange(stage: RatingStage): Promise<Scale> {
  const [range] = await stage.query<Scale>(
    `SELECT min(rating) AS min, max(rating) AS max FROM rows WHERE rowid >= ${stage.formerRows}`,
  );
  return range!;
}

async function nothingAccepted(stage: RatingStage, source: ImportSource): Promise<TamisError> {
  const counts = Object.entries(await rejectCounts(stage)).map(([reason, count]) => `${count} ${reason}`);
  const [first] = await stage.query<Reject>("SELECT * FROM rejects ORDER BY line LIMIT 1");
  const shown = first ? ` The first, line ${first.line}: ${first.detail}.` : "";
  return new TamisError(
    "data_load",
    `${source.path} holds no rating that can be accepted (${counts.join(", ") || "no rows"}).${shown}`,
    { details: { file: source.path, ...(first ? { line: first.line } : {}) } },
  );
}

async function addParent(tamis: Tamis, stage: RatingStage, parent: SnapshotManifest): Promise<void> {
  const path = await ratingsPath(tamis, parent);
  const { user, item } = stage.kinds;
  await stage.run(`INSERT INTO rows
    SELECT CAST(user_id AS ${idType(user)}), CAST(item_id AS ${idType(item)}), rating,
      coalesce(CAST(rated_at AS DOUBLE), 'nan'::DOUBLE)
    FROM read_parquet('${path.replaceAll("'", "''")}')`);
}

async function kindsOf(tamis: Tamis, manifest: SnapshotManifest): Promise<IdKinds> {
  const path = await ratingsPath(tamis, manifest);
  const kind = async (column: string): Promise<IdKind> => {
    const [found] = await tamis.warehouse.query<{ text: boolean; wide: boolean }>(
      `SELECT typeof(any_value(${column})) = 'VARCHAR' AS text, bool_or(TRY_CAST(${column} AS INTEGER) IS NULL) AS wide
      FROM read_parquet($path)`,
      { path },
    );
    return found!.text ? "text" : found!.wide ? "number" : "integer";
  };
  return { user: await kind("user_id"), item: await kind("item_id") };
}

async function ratingsPath(tamis: Tamis, manifest: SnapshotManifest): Promise<string> {
  const file = manifest.files.find(({ name }) => name === "ratings.parquet")!;
  return await verifiedPath(tamis.objects, manifest.digest, file);
}

/** The items of the parent, then those of the source; the source knows better. */
async function mergeItems(
  tamis: Tamis,
  parent: SnapshotManifest | undefined,
  catalogue: Catalogue,
): Promise<Item[]> {
  const items = new Map<Id, Item>();
  for (const item of parent ? await readSnapshotItems(tamis, parent) : []) items.set(item.itemId, item);
  for await (const item of catalogue.items ?? []) items.set(item.itemId, item);
  return [...items.values()];
}

function union(a: Scale, b: Scale): Scale {
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}
