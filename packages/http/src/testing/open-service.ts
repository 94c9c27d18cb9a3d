import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog, type LogRecord } from "@tamis/core";
import { moviesCsv, ratingsCsv, synthesizeFilms, train } from "@tamis/ml";
import type { Tamis } from "@tamis/storage";
import { allItems, importMovielens, modelCatalog, openTamis, readSnapshot, runTracker } from "@tamis/storage";
import { type App, createApp } from "../app.ts";
import type { Services } from "../services.ts";

/** A service on real stores in a folder of its own. */
export interface OpenService {
  readonly folder: string;
  readonly tamis: Tamis;
  readonly app: App;
  /** What the service logged, `debug` included. */
  readonly logged: LogRecord[];
  /** Another app on the same stores. */
  createApp(overrides?: Partial<Services>): App;
  close(): Promise<void>;
}

/** Opens a service without data. */
export async function openService(overrides: Partial<Services> = {}): Promise<OpenService> {
  const folder = await mkdtemp(join(tmpdir(), "tamis-http-"));
  const dataDir = join(folder, "data");
  const tamis = await openTamis({
    dataDir,
    records: `sqlite:${join(dataDir, "tamis.db")}`,
    objects: `file:${join(dataDir, "lake")}`,
  });
  const logged: LogRecord[] = [];
  const log = createLog({ sinks: [{ write: (record) => void logged.push(record) }], level: "debug" });
  const apps: App[] = [];
  const create = (more: Partial<Services> = {}) => {
    const app = createApp({ tamis, environment: "LOCAL", log, ...overrides, ...more });
    apps.push(app);
    return app;
  };
  return {
    folder,
    tamis,
    logged,
    app: create(),
    createApp: create,
    close: async () => {
      await Promise.all(apps.map((app) => app.close()));
      await tamis.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Made-up films: 60 people, 80 films, 1,500 ratings and 9 bad rows, imported as MovieLens. */
export async function importFilms({ folder, tamis }: OpenService, seed = 42): Promise<void> {
  const films = synthesizeFilms({ users: 60, items: 80, ratings: 1500, seed });
  const path = join(folder, `films-${seed}`);
  await mkdir(path);
  await writeFile(join(path, "movies.csv"), [...moviesCsv(films.films)].join(""));
  await writeFile(join(path, "ratings.csv"), [...ratingsCsv(films, { badRows: 9 })].join(""));
  await importMovielens(tamis, path);
}

/** Trains on the current snapshot; the result is always promoted. */
export async function trainModel(
  { tamis }: OpenService,
  seed = 42,
  models: readonly string[] = ["svd"],
): Promise<void> {
  const { manifest, table } = await readSnapshot(tamis, "current");
  await train({
    table,
    snapshot: manifest.digest,
    items: await allItems(tamis.records),
    catalog: modelCatalog(tamis.records),
    tracker: runTracker(tamis),
    objects: tamis.objects,
    models,
    seed,
    force: true,
  });
}
