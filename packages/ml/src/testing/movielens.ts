import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type RatingTable, ratingTable } from "@tamis/core";

const root = fileURLToPath(new URL("../../../..", import.meta.url));

/** Folder of the real data sets: `TAMIS_TEST_DATA`, or `shared/data` beside the repository. */
const dataFolder = process.env.TAMIS_TEST_DATA ?? join(root, "..", "shared", "data");

/**
 * Why tests on a data set cannot run here, or `undefined` when they can. On CI its absence is a failure, not a skip.
 */
export function missingData(name: string): string | undefined {
  const folder = join(dataFolder, name);
  if (existsSync(folder)) return undefined;
  if (process.env.CI === "true") throw new Error(`The test data “${name}” is not in ${dataFolder}.`);
  return `${name} is not in ${dataFolder}; set TAMIS_TEST_DATA`;
}

/** The ratings of MovieLens 100k (`u.data`), in file order. */
export function readMovielens100k(): RatingTable {
  return readTabbed(join(dataFolder, "ml-100k", "u.data"), { min: 1, max: 5 });
}

/** The ratings of MovieLens 1M, in file order. */
export function readMovielens1m(): RatingTable {
  return readTabbed(join(dataFolder, "ml-1m", "ratings.tsv"), { min: 1, max: 5 });
}

/** The row order that Surprise's `KFold(5, random_state=0)` gives MovieLens 100k. */
export function readReferencePermutation(): Int32Array {
  const text = readFileSync(join(dataFolder, "ml-100k", "kfold5-random-state-0.txt"), "utf8");
  return Int32Array.from(text.trim().split("\n"), Number);
}

function readTabbed(path: string, scale: RatingTable["scale"]): RatingTable {
  const lines = readFileSync(path, "utf8").trim().split("\n");
  const rows = lines.map((line) => {
    const [userId, itemId, rating] = line.split("\t").map(Number) as [number, number, number];
    return { userId, itemId, rating, ratedAt: null };
  });
  return ratingTable(rows, scale);
}
