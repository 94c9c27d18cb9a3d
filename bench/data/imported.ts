import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { importRatings, openTamis } from "../../packages/storage/src/index.ts";
import { benchFolder, generateMovielens } from "./generate-movielens.ts";

/** Configuration of a data dir of this name in the folder of the benchmarks. */
export function dataDirOf(name: string) {
  const dataDir = join(benchFolder, name);
  return { dataDir, records: `sqlite:${dataDir}/tamis.db`, objects: `file:${dataDir}/lake` };
}

/** A data dir with the generated ratings, made when it is not there and kept for the next run. */
export async function importedDataDir(rows?: number) {
  const config = dataDirOf(rows === undefined ? "data-20m" : `data-${rows}`);
  const mark = join(config.dataDir, "imported");
  if (existsSync(mark)) return config;
  await rm(config.dataDir, { recursive: true, force: true });
  const tamis = await openTamis(config);
  await importRatings(tamis, join(await generateMovielens(rows), "ratings.csv"));
  await tamis.close();
  await writeFile(mark, "");
  return config;
}
