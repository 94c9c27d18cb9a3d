import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  moviesCsv,
  ratingsCsv,
  synthesizeFilms,
  TrainingRunConfig,
  trainingOptions,
  trainSnapshot,
} from "@tamis/ml";
import {
  countStats,
  importMovielens,
  modelCatalog,
  type RatingStats,
  type Tamis,
  trainingPorts,
} from "@tamis/storage";
import { modelName, trainingSettings } from "./settings.ts";

export interface FirstStart extends RatingStats {
  /** False on every later start: what is there is served. */
  readonly imported: boolean;
  /** The verdict of the first training, or what is served already. */
  readonly verdict: string;
}

/** Data and a champion, where there are none yet. A second start imports nothing and trains nothing. */
export async function firstStart(tamis: Tamis, folder: string | undefined): Promise<FirstStart> {
  const before = await countStats(tamis.records);
  const imported = before.ratings === 0;
  if (imported) await (folder === undefined ? importGenerated(tamis) : importMovielens(tamis, folder));
  const stats = await countStats(tamis.records);
  return { ...stats, imported, verdict: await firstChampion(tamis, stats.ratings) };
}

/** A hundred thousand ratings in the shape of ml-latest-small. */
async function importGenerated(tamis: Tamis): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "tamis-films-"));
  const films = synthesizeFilms({ ratings: 100_836, users: 610, items: 9742, seed: 42 });
  try {
    await writeFile(join(folder, "movies.csv"), moviesCsv(films.films));
    await writeFile(join(folder, "ratings.csv"), ratingsCsv(films));
    await importMovielens(tamis, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function firstChampion(tamis: Tamis, ratings: number): Promise<string> {
  const champion = await modelCatalog(tamis.records).find(modelName, "champion");
  if (champion) return `version ${champion.version} (${champion.algorithm}) is served already`;
  return (
    await trainSnapshot(
      trainingPorts(tamis),
      trainingOptions(TrainingRunConfig.parse(trainingSettings(ratings))),
    )
  ).reason;
}
