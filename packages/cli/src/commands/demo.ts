import { existsSync } from "node:fs";
import { join } from "node:path";
import { type ModelVersion, TamisError } from "@tamis/core";
import type { ImportResult, Run } from "@tamis/storage";
import { actor } from "../actor.ts";
import type { Context, GlobalFlags } from "../context.ts";
import { defineCommand } from "../define-command.ts";
import { type DemoResult, demoDocument, demoLines } from "../demo-summary.ts";
import { modelName } from "../model-document.ts";
import { programVersion } from "../program-version.ts";
import { recommendToUser } from "../recommend-to-user.ts";
import { listen } from "./serve.ts";

interface Flags {
  readonly port?: string;
  readonly serve: boolean;
}

/** Enough ratings for the models to differ, few enough for half a minute. */
const size = { users: 600, items: 900, ratings: 60_000, seed: 42 };
const badRows = 24;
const demoUser = 1;
const models = ["svd", "knn-basic", "normal-predictor"];

/** `tamis demo`: the whole way, from generated ratings to a running service. */
export const demo = defineCommand<Flags>({
  summary: "See it all on generated data: import, compare, train, recommend, serve",
  details: [
    "Generates a seeded film data set, imports it, cross-validates three models, promotes the best one, recommends",
    "ten films to one user and serves the API with its page until stopped. Lives in its own folder, ./tamis-demo,",
    "whatever the configuration says; running it again finds everything done.",
  ].join("\n"),
  examples: ["tamis demo", "tamis demo --port 9000", "tamis demo --no-serve --data-dir /tmp/demo"],
  flags: {
    port: {
      kind: "parsed",
      parse: (port) => port,
      optional: true,
      placeholder: "N",
      brief: "Port of the service [default = 8080]",
    },
    serve: { kind: "boolean", default: true, brief: "Serve at the end" },
  },
  whenInterrupted: "Interrupted; run it again and it goes on with what is done.",
  globals: ownFolder,
  async run(context, { serve }) {
    const imported = await importFilms(context);
    const champion = await trainOnce(context, imported.snapshot);
    const result = await describe(context, imported, champion);
    context.output.result(demoDocument(result), () => demoLines(context.output, result));
    if (serve) await listen(context);
  },
});

/** The demo never touches the data the configuration points to: only a flag moves it. */
function ownFolder(given: GlobalFlags): GlobalFlags {
  const { dataDir = "./tamis-demo" } = given;
  return {
    ...given,
    dataDir,
    records: given.records ?? `sqlite:${dataDir}/tamis.db`,
    objects: given.objects ?? `file:${dataDir}/lake`,
  };
}

/** Generates the films where they are not yet there, and imports them; nothing changes the second time. */
async function importFilms(context: Context): Promise<ImportResult> {
  const { importMovielens } = await import("@tamis/storage");
  const { synthesizeFilms } = await import("@tamis/ml");
  const { writeFilmFolder } = await import("../write-film-folder.ts");
  const folder = join(context.config.dataDir, "generated");
  const { signal, onProgress } = context;
  if (!existsSync(join(folder, "ratings.csv"))) {
    await refuseOtherData(context);
    context.output.note(`Generating ${size.ratings.toLocaleString("en-US")} ratings in ${folder}`);
    await writeFilmFolder(folder, synthesizeFilms(size), { badRows, signal, onProgress });
  }
  context.output.note("Importing them");
  return importMovielens(await context.tamis(), folder, { signal, onProgress });
}

async function refuseOtherData(context: Context): Promise<void> {
  const { currentManifest } = await import("@tamis/storage");
  if (!(await currentManifest(await context.tamis()))) return;
  const { dataDir } = context.config;
  throw new TamisError(
    "refused",
    `${dataDir} holds another data set, which the demo would replace. Choose another --data-dir.`,
    { details: { dataDir } },
  );
}

/** The champion of this snapshot: the one that is there, else the winner of a training. */
async function trainOnce(context: Context, snapshot: string): Promise<ModelVersion> {
  const { trainSnapshot } = await import("@tamis/ml");
  const { modelCatalog, trainingPorts } = await import("@tamis/storage");
  const catalog = modelCatalog((await context.tamis()).records);
  const present = await catalog.find(modelName, "champion");
  if (present?.snapshot === snapshot) return present;
  context.output.note(`Comparing ${models.join(", ")} by 3-fold cross-validation`);
  const { signal, onProgress } = context;
  const ports = trainingPorts(await context.tamis(), { codeVersion: programVersion() });
  await trainSnapshot(ports, {
    model: modelName,
    actor,
    models,
    folds: 3,
    seed: size.seed,
    signal,
    onProgress,
  });
  return (await catalog.find(modelName, "champion")) as ModelVersion;
}

async function describe(
  context: Context,
  imported: ImportResult,
  champion: ModelVersion,
): Promise<DemoResult> {
  const { findItems, findRun, ratingsOfUser } = await import("@tamis/storage");
  const { records } = await context.tamis();
  const liked = (await ratingsOfUser(records, demoUser)).toSorted((a, b) => b.rating - a.rating).slice(0, 3);
  const titles = await findItems(
    records,
    liked.map(({ itemId }) => itemId),
  );
  return {
    dataDir: context.config.dataDir,
    imported,
    champion,
    run: (await findRun(records, champion.runId)) as Run,
    favourites: liked.map(({ itemId, rating }) => `${titles.get(itemId)?.title} (${rating})`),
    found: await recommendToUser(context, demoUser, 10),
  };
}
