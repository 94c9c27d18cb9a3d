import { type Id, TamisError } from "@tamis/core";
import type { Records } from "./schema.ts";

/** A word a user put on an item. `taggedAt` is in Unix seconds. */
export interface ItemTag {
  readonly userId: Id;
  readonly itemId: Id;
  readonly tag: string;
  readonly taggedAt: number | null;
}

/** An item's number in other film databases, as text (leading zeros count). */
export interface ItemLinks {
  readonly itemId: Id;
  readonly imdbId: string | null;
  readonly tmdbId: string | null;
}

/** How much a genome tag applies to an item, 0..1. */
export interface GenomeScore {
  readonly itemId: Id;
  readonly tagId: number;
  readonly relevance: number;
}

/** Each `replace…` makes the rows it is given the only ones, in one transaction. */
export async function replaceItemTags(
  _records: Records,
  _tags: AsyncIterable<ItemTag> | Iterable<ItemTag>,
): Promise<number> {
  throw new TamisError("unsupported", "replaceItemTags is being written.");
}

export async function replaceLinks(
  _records: Records,
  _links: AsyncIterable<ItemLinks> | Iterable<ItemLinks>,
): Promise<number> {
  throw new TamisError("unsupported", "replaceLinks is being written.");
}

export async function replaceGenome(
  _records: Records,
  _tags: Iterable<{ readonly tagId: number; readonly name: string }>,
  _scores: AsyncIterable<GenomeScore> | Iterable<GenomeScore>,
): Promise<number> {
  throw new TamisError("unsupported", "replaceGenome is being written.");
}
