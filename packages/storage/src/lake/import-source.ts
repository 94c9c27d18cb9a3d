import type { Item, Reject, Scale, User, Warehouse } from "@tamis/core";
import type { FileSource, RatingsFile } from "../load/ratings-file.ts";
import type { GenomeScores, ItemLinks, ItemTag } from "../sql/catalogue.ts";

/** A data set to import: what it is called, which files it has and how to read them. */
export interface ImportSource {
  /** Name of its folder in the raw zone. */
  readonly name: string;
  /** The path, as the user gave it. */
  readonly path: string;
  /** What it was taken for: `ml-100k`, `delimited`… */
  readonly layout: string;
  /** The ratings are in `files.ratings`; what the others are is the source's own business. */
  readonly files: Readonly<Record<string, FileSource>>;
  /** The scale when it is known, else it is that of the data. */
  readonly scale: Scale | undefined;
  /** What the caller chose and changes the meaning of the bytes; part of the source's digest. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Reads the ratings from the landed files. */
  openRatings(files: ImportSource["files"], warehouse: Warehouse): Promise<RatingsFile>;
  /** Reads what is known beside the ratings. */
  openCatalogue(files: ImportSource["files"], onReject: (reject: Reject) => void): Catalogue;
}

/** What a data set says of its items and users; an absent part is not known. */
export interface Catalogue {
  readonly items?: AsyncIterable<Item>;
  readonly users?: AsyncIterable<User>;
  readonly tags?: AsyncIterable<ItemTag>;
  readonly links?: AsyncIterable<ItemLinks>;
  readonly genomeTags?: AsyncIterable<{ readonly tagId: number; readonly name: string }>;
  readonly genomeScores?: AsyncIterable<GenomeScores>;
}
