import { type ModelAlias, type ModelVersion, TamisError } from "@tamis/core";
import { findRun, modelCatalog, modelNames } from "@tamis/storage";
import { versionTags } from "@tamis/storage/mlflow";
import { Hono } from "hono";
import { z } from "zod";
import { authorise } from "../../authorise.ts";
import type { AppEnv, Services } from "../../services.ts";
import { matches } from "./matches.ts";
import { cutPage, PageQuery, pageOf } from "./pages.ts";
import { readQuery } from "./read-query.ts";

const SearchQuery = z.object({ ...PageQuery, filter: z.string().default("") });
const NameQuery = z.object({ name: z.string() });
const VersionQuery = NameQuery.extend({ version: z.coerce.string() });

/** The registry: models, their versions, and who has which alias. */
export function registryRoutes({ tamis: { records } }: Services): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  const catalog = modelCatalog(records);
  const read = authorise("models:read");
  const foundModel = async (name: string) => {
    const versions = await catalog.list(name);
    if (versions.length > 0) return versions;
    throw new TamisError("not_found", `There is no registered model “${name.slice(0, 100)}”.`);
  };
  const foundVersion = async (name: string, version: number | ModelAlias) => {
    const found = await catalog.find(name, version);
    if (found) return found;
    throw new TamisError("not_found", `The model “${name.slice(0, 100)}” has no version ${version}.`);
  };
  const verdictOf = async ({ runId }: ModelVersion) => (await findRun(records, runId))?.message ?? null;
  const answerVersion = async (version: ModelVersion) => versionAnswer(version, await verdictOf(version));
  const answerModel = async (versions: readonly ModelVersion[]) =>
    modelAnswer(versions, await answerVersion(versions[0]!));

  routes.get("/registered-models/get", read, async (context) => {
    const { name } = await readQuery(context, NameQuery);
    return context.json({ registered_model: await answerModel(await foundModel(name)) });
  });
  routes.get("/registered-models/search", read, async (context) => {
    const query = await readQuery(context, SearchQuery);
    const page = pageOf(query);
    const names = (await modelNames(records)).filter((name) => matches(query.filter, { name }));
    const { items, next } = cutPage(names.slice(page.offset), page);
    const models = await Promise.all(items.map(async (name) => answerModel(await foundModel(name))));
    return context.json({ registered_models: models, ...next });
  });
  routes.get("/registered-models/alias", read, async (context) => {
    const { name, alias } = await readQuery(context, NameQuery.extend({ alias: z.string() }));
    const version = (await foundModel(name)).find(({ aliases }) => aliases.some((own) => own === alias));
    if (version) return context.json({ model_version: await answerVersion(version) });
    throw new TamisError("not_found", `No version of “${name}” has the alias ${alias.slice(0, 100)}.`);
  });
  routes.get("/model-versions/get", read, async (context) => {
    const { name, version } = await readQuery(context, VersionQuery);
    return context.json({ model_version: await answerVersion(await foundVersion(name, Number(version))) });
  });
  routes.get("/model-versions/get-download-uri", read, async (context) => {
    const { name, version } = await readQuery(context, VersionQuery);
    return context.json({ artifact_uri: sourceOf(await foundVersion(name, Number(version))) });
  });
  routes.get("/model-versions/search", read, async (context) => {
    const query = await readQuery(context, SearchQuery);
    const page = pageOf(query);
    const all = await Promise.all((await modelNames(records)).map((name) => catalog.list(name)));
    const found = all
      .flat()
      .filter(({ model, runId }) => matches(query.filter, { name: model, run_id: runId }));
    const { items, next } = cutPage(found.slice(page.offset), page);
    return context.json({ model_versions: await Promise.all(items.map(answerVersion)), ...next });
  });
  return routes;
}

function versionAnswer(version: ModelVersion, verdict: string | null) {
  return {
    ...{ name: version.model, version: `${version.version}`, run_id: version.runId, status: "READY" },
    creation_timestamp: version.createdAt.getTime(),
    last_updated_timestamp: version.createdAt.getTime(),
    current_stage: "None",
    description: verdict ?? "",
    source: sourceOf(version),
    tags: versionTags(version, verdict),
    aliases: [...version.aliases],
  };
}

/** @param versions - newest first. */
function modelAnswer(versions: readonly ModelVersion[], latest: ReturnType<typeof versionAnswer>) {
  return {
    name: latest.name,
    creation_timestamp: versions.at(-1)!.createdAt.getTime(),
    last_updated_timestamp: latest.last_updated_timestamp,
    latest_versions: [latest],
    aliases: versions.flatMap(({ version, aliases }) =>
      aliases.map((alias) => ({ alias, version: `${version}` })),
    ),
    tags: [],
  };
}

function sourceOf({ model, version }: ModelVersion): string {
  return `mlflow-artifacts:/models/${model}/${version}`;
}
