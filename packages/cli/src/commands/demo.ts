import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ImportResult } from "@tamis/storage";
import type { Context, GlobalFlags } from "../context.ts";
import { defineCommand } from "../define-command.ts";
import { importLines } from "../import-report.ts";
import { modelName } from "../model-document.ts";
import { recommendToUser } from "../recommend-to-user.ts";
import { writeFilmFolder } from "../write-film-folder.ts";
import { recommendationLines } from "./recommend.ts";
import { listen } from "./serve.ts";
import { trainModels } from "./train.ts";

interface Flags {
  readonly port?: string;
  readonly serve: boolean;
}

/** Enough ratings for the models to differ, few enough for half a minute. */
const size = { users: 600, items: 900, ratings: 60_000, seed: 42 };
const badRows = 24;
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
  long: true,
  globals: ownFolder,
  async run(context, { serve }) {},
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
