import type { Id, Reject } from "@tamis/core";
import type { GenomeScores } from "../sql/catalogue.ts";
import { delimitedRatings } from "./delimited-ratings.ts";
import { idAt, type RatingBatch } from "./rating-batch.ts";
import type { RatingLayout } from "./rating-layout.ts";
import type { FileSource } from "./ratings-file.ts";
import { unpack } from "./unpack.ts";

/** `movieId,tagId,relevance`: what a rating is, given by a tag. */
const layout: RatingLayout = {
  separator: ",",
  quoting: true,
  encoding: "utf-8",
  header: true,
  names: null,
  columns: { user: 1, item: 0, rating: 2, timestamp: null },
  columnCount: 3,
};

/**
 * Reads how much each genome tag applies to each film: `genome-scores.csv`, a row for every pair of them, 11.7 million in
 * MovieLens 20M. They are read and checked as ratings from 0 to 1 are.
 */
export async function* movielensGenomeScores(
  file: FileSource,
  onReject: (reject: Reject) => void,
): AsyncGenerator<GenomeScores> {
  let read: GenomeScores[] = [];
  const reader = delimitedRatings(
    layout,
    file.name,
    { min: 0, max: 1 },
    {
      onBatch(batch) {
        const scores = scoresOf(batch);
        read.push(batch.users.texts === null ? scores : withoutTextTags(scores, batch, file.name, onReject));
      },
      onReject: (reject) => onReject({ ...reject, detail: inWordsOfTheGenome(reject.detail) }),
    },
  );
  for await (const chunk of unpack(file.open(), file.name)) {
    reader.push(chunk);
    yield* read;
    read = [];
  }
  reader.end();
  yield* read;
}

/** The rows of a batch, copied: its reader will use it again. */
function scoresOf({ length, users: tags, items, ratings }: RatingBatch): GenomeScores {
  const itemIds = new Array<string>(length);
  let previous: Id | undefined;
  for (let row = 0; row < length; row++) {
    const item = idAt(items, row);
    itemIds[row] = item === previous ? itemIds[row - 1]! : String(item);
    previous = item;
  }
  return { length, itemIds, tagIds: tags.numbers.slice(0, length), relevances: ratings.slice(0, length) };
}

/** The genome names its tags by whole numbers; rows of any other are refused. */
function withoutTextTags(
  { length, itemIds, tagIds, relevances }: GenomeScores,
  { users: { texts }, lines }: RatingBatch,
  source: string,
  onReject: (reject: Reject) => void,
): GenomeScores {
  const rows: number[] = [];
  for (let row = 0; row < length; row++) {
    const tag = texts?.[row];
    if (tag === undefined) {
      rows.push(row);
      continue;
    }
    const detail = `the genome tag ${JSON.stringify(tag)} is no whole number`;
    const raw = `${itemIds[row]},${tag},${relevances[row]}`;
    onReject({ source, line: lines[row]!, reason: "invalid_id", detail, raw });
  }
  return {
    length: rows.length,
    itemIds: rows.map((row) => itemIds[row]!),
    tagIds: Float64Array.from(rows, (row) => tagIds[row]!),
    relevances: Float64Array.from(rows, (row) => relevances[row]!),
  };
}

function inWordsOfTheGenome(detail: string): string {
  return detail.replace("the user id", "the genome tag").replace("the rating", "the relevance");
}
