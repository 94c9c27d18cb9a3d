import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { train } from "@tamis/ml";
import {
  allItems,
  importMovielens,
  modelCatalog,
  openTamis,
  readSnapshot,
  runTracker,
} from "../../packages/storage/src/index.ts";
import { generateMovielens } from "./generate-movielens.ts";
import { dataDirOf } from "./imported.ts";

/**
 * A data dir with the six generated files of MovieLens 20M and an SVD of rank 100 that was trained on them as the champion.
 * It is made when it is not there, in some minutes, and kept for the next run.
 */
export async function servedDataDir() {
  const config = dataDirOf("data-served");
  const mark = join(config.dataDir, "trained");
  if (existsSync(mark)) return config;
  await rm(config.dataDir, { recursive: true, force: true });
  const tamis = await openTamis(config);
  await importMovielens(tamis, await generateMovielens());
  const { manifest, table } = await readSnapshot(tamis, "current");
  await train({
    table,
    snapshot: manifest.digest,
    items: await allItems(tamis.records),
    catalog: modelCatalog(tamis.records),
    tracker: runTracker(tamis),
    objects: tamis.objects,
    models: ["svd"],
    folds: 2,
    force: true,
  });
  await tamis.close();
  await writeFile(mark, "");
  return config;
}
