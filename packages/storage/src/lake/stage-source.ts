import { type Id, type Item, type Reject, type Scale, TamisError } from "@tamis/core";
import type { RatingBatch } from "../load/rating-batch.ts";
import type { RatingsFile, ReadOptions } from "../load/ratings-file.ts";
import type { Tamis } from "../open.ts";
import type { ImportOptions } from "./import-options.ts";
import type { Catalogue, ImportSource } from "./import-source.ts";
import type { SnapshotManifest } from "./manifest.ts";
import { type IdKinds, openStage, type RatingStage, textIdMet } from "./rating-stage.ts";
import { resolveDuplicates } from "./resolve-duplicates.ts";
import { readSnapshotItems, verifiedPath } from "./snapshot.ts";
import { rejectCounts } from "./stage-rejects.ts";

/** A source, read and checked: its rows are in the stage, one for each pair. */
export interface StagedSource {
  readonly stage: RatingStage;
  readonly kinds: IdKinds;
  readonly scale: Scale;
  /** Rows of this source that were accepted. */
  readonly accepted: number;
  /** The items of the data set as far as they are known. */
  readonly items: readonly Item[];
  /** The source's catalogue; all but its items is still to be read, its rejects go to the stage. */
  readonly catalogue: Catalogue;
}

/**
 * Reads a source into a new stage, behind the rows of `parent` when it is added to one. A file is read twice when
 * its scale is not known: first for its lowest and highest rating.
 *
 * @throws data_load when not one row is accepted
 */
export async function stageSource(
  tamis: Tamis,
  source: ImportSource,
  parent: SnapshotManifest | undefined,
  options: ImportOptions,
): Promise<StagedSource> {
  const { files } = source;
  const ratings = await source.openRatings(files, tamis.warehouse);
  const surveyed = source.scale ? undefined : await survey(ratings, reading(files, options, 0, 2));
  const scale = source.scale ?? surveyed!.scale;
  const open = (kinds: IdKinds) => openStage({ dataDir: tamis.dataDir, kinds, signal: options.signal });
  const fill = async (kinds: IdKinds): Promise<StagedSource> => {
    const stage = await open(kinds);
    try {
      if (parent) await addParent(tamis, stage, parent, kinds);
      await ratings.read(
        scale,
        stage.handlers,
        surveyed ? reading(files, options, 1, 2) : reading(files, options, 0, 1),
      );
      const catalogue = source.openCatalogue(files, stage.handlers.onReject);
      const items = await mergeItems(tamis, parent, catalogue);
      const accepted = await acceptedRows(stage, source, files.ratings!.name, options);
      return { stage, kinds, scale: parent ? union(scale, parent.scale) : scale, accepted, items, catalogue };
    } catch (error) {
      stage.close();
      throw error;
    }
  };
  const kinds = widest(surveyed?.kinds, parent && (await kindsOf(tamis, parent)));
  try {
    return await fill(kinds);
  } catch (error) {
    if (error !== textIdMet) throw error;
    return await fill({ user: "text", item: "text" });
  }
}

/** The lowest and highest rating of a file, and whether its ids are all whole numbers. */
async function survey(ratings: RatingsFile, options: ReadOptions): Promise<{ scale: Scale; kinds: IdKinds }> {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const kinds: { user: IdKinds["user"]; item: IdKinds["item"] } = { user: "number", item: "number" };
  const onBatch = (batch: RatingBatch) => {
    for (let row = 0; row < batch.length; row++) {
      const rating = batch.ratings[row]!;
      if (rating < min) min = rating;
      if (rating > max) max = rating;
    }
    if (batch.users.texts) kinds.user = "text";
    if (batch.items.texts) kinds.item = "text";
  };
  const anything = { min: -Number.MAX_VALUE, max: Number.MAX_VALUE };
  await ratings.read(anything, { onBatch, onReject: () => {} }, options);
  return { scale: min < max ? { min, max } : { min, max: min + 1 }, kinds };
}

/** Progress of one reading of several over the same bytes, and the signal. */
function reading(
  files: ImportSource["files"],
  { signal, onProgress }: ImportOptions,
  reading: number,
  readings: number,
): ReadOptions {
  const bytes = files.ratings!.bytes;
  const report = (done: number) =>
    onProgress?.({ phase: "reading", done: reading * bytes + done, total: readings * bytes, unit: "bytes" });
  return { signal, onBytes: report };
}

/** Resolves duplicates and counts what is left of the source. */
async function acceptedRows(
  stage: RatingStage,
  source: ImportSource,
  name: string,
  { onProgress }: ImportOptions,
): Promise<number> {
  await stage.flush();
  const read = await countRows(stage);
  if (read === 0) throw await nothingAccepted(stage, source);
  onProgress?.({ phase: "duplicates", done: 0, total: read, unit: "rows" });
  await resolveDuplicates(stage, name);
  onProgress?.({ phase: "duplicates", done: read, total: read, unit: "rows" });
  return await countRows(stage);
}

async function countRows(stage: RatingStage): Promise<number> {
  const [counted] = await stage.query<{ rows: bigint }>("SELECT count(*) AS rows FROM rows WHERE line > 0");
  return Number(counted!.rows);
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

async function addParent(
  tamis: Tamis,
  stage: RatingStage,
  parent: SnapshotManifest,
  { user, item }: IdKinds,
): Promise<void> {
  const path = await ratingsPath(tamis, parent);
  const cast = (column: string, kind: string) =>
    `CAST(${column} AS ${kind === "text" ? "VARCHAR" : "DOUBLE"})`;
  await stage.run(`INSERT INTO rows SELECT ${cast("user_id", user)}, ${cast("item_id", item)}, rating,
    coalesce(CAST(rated_at AS DOUBLE), 'nan'::DOUBLE), 0 FROM read_parquet('${path.replaceAll("'", "''")}')`);
}

async function kindsOf(tamis: Tamis, manifest: SnapshotManifest): Promise<IdKinds> {
  const path = await ratingsPath(tamis, manifest);
  const types = await tamis.warehouse.query<{ column_type: string }>(
    "DESCRIBE SELECT user_id, item_id FROM read_parquet($path)",
    { path },
  );
  const [user, item] = types.map(({ column_type }) => (column_type === "BIGINT" ? "number" : "text"));
  return { user: user!, item: item! };
}

async function ratingsPath(tamis: Tamis, manifest: SnapshotManifest): Promise<string> {
  const file = manifest.files.find(({ name }) => name === "ratings.parquet")!;
  return await verifiedPath(tamis.objects, manifest.digest, file);
}

function widest(...all: (IdKinds | undefined)[]): IdKinds {
  const kind = (role: keyof IdKinds) => (all.some((kinds) => kinds?.[role] === "text") ? "text" : "number");
  return { user: kind("user"), item: kind("item") };
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
