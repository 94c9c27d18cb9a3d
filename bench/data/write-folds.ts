import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RatingTriples } from "../../packages/ml/src/kernels/rating-triples.ts";
import { type DataName, foldOf, triplesOf } from "./fold.ts";

/**
 * Writes fold 0 of both data sets for peers to read: `NAME-train.tsv` and `NAME-test.tsv`, a line `user TAB item TAB
 * rating` each, users and items as numbers from 0.
 *
 * @returns the paths
 */
export function writeFolds(folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  return (["ml-100k", "ml-1m"] satisfies DataName[]).flatMap((name) => {
    const { train, test } = triplesOf(foldOf(name));
    return [write(join(folder, `${name}-train.tsv`), train), write(join(folder, `${name}-test.tsv`), test)];
  });
}

function write(path: string, { users, items, ratings }: RatingTriples): string {
  const lines = Array.from(ratings, (rating, at) => `${users[at]}\t${items[at]}\t${rating}\n`);
  writeFileSync(path, lines.join(""));
  return path;
}
