import { canonicalId, parseInstant, type Reject } from "@tamis/core";
import type { ItemLinks, ItemTag } from "../sql/catalogue.ts";
import { delimitedRows } from "./delimited-rows.ts";
import type { MovielensLayout } from "./detect-movielens.ts";
import type { FileSource } from "./ratings-file.ts";

type OnReject = (reject: Reject) => void;

const csv = { separator: ",", quoting: true, header: true } as const;

/** Reads what users called films: `tags.csv`, or `tags.dat` of ml-10m. Empty tags do not count. */
export async function* movielensTags(
  layout: MovielensLayout,
  file: FileSource,
  onReject: OnReject,
): AsyncGenerator<ItemTag> {
  const options = layout === "ml-latest" ? csv : { separator: "::", header: false };
  for await (const { cells } of delimitedRows(
    file,
    { ...options, columnCount: 4, ids: { 0: "user", 1: "item" } },
    onReject,
  )) {
    const [user, item, tag, time] = cells as [string, string, string, string];
    const taggedAt = parseInstant(time);
    if (tag.trim() === "") continue;
    yield {
      userId: canonicalId(user.trim()),
      itemId: canonicalId(item.trim()),
      tag: tag.trim(),
      taggedAt: Number.isNaN(taggedAt) ? null : taggedAt,
    };
  }
}

/** Reads the numbers of films in other databases: `links.csv`. */
export async function* movielensLinks(file: FileSource, onReject: OnReject): AsyncGenerator<ItemLinks> {
  for await (const { cells } of delimitedRows(
    file,
    { ...csv, columnCount: 3, ids: { 0: "item" } },
    onReject,
  )) {
    const [item, imdb, tmdb] = cells as [string, string, string];
    yield { itemId: canonicalId(item.trim()), imdbId: imdb || null, tmdbId: tmdb || null };
  }
}

/** Reads the names of the tag genome: `genome-tags.csv`. */
export async function* movielensGenomeTags(
  file: FileSource,
  onReject: OnReject,
): AsyncGenerator<{ tagId: number; name: string }> {
  for await (const { cells } of delimitedRows(
    file,
    { ...csv, columnCount: 2, ids: { 0: "tag" } },
    onReject,
  )) {
    yield { tagId: Number(cells[0]), name: cells[1]! };
  }
}
