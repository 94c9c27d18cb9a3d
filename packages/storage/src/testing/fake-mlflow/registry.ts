import { z } from "zod";
import { type Endpoint, endpoint, invalid, Key, KeyValues, missing, Refusal } from "./endpoint.ts";
import type { FakeRun } from "./runs.ts";

interface FakeVersion {
  readonly version: string;
  readonly source: string;
  readonly runId: string | undefined;
  readonly description: string;
  readonly tags: Map<string, string>;
}
export interface FakeModel {
  readonly name: string;
  readonly versions: FakeVersion[];
  readonly aliases: Map<string, string>;
}

const Tags = KeyValues({ count: 100, value: 5000 });
const Alias = z
  .string()
  .max(255)
  .regex(/^[\w-]+$/)
  .refine((alias) => alias !== "latest" && !/^v\d+$/i.test(alias), "a reserved alias");

/** Registered models, their versions and aliases. */
export function fakeRegistry(runs: ReadonlyMap<string, FakeRun>, artifactRoot: string) {
  const models = new Map<string, FakeModel>();
  const endpoints: Record<string, Endpoint> = {
    "POST registered-models/create": endpoint(
      { name: z.string().min(1), tags: Tags.default([]), description: z.string().optional() },
      ({ name }) => {
        if (models.has(name)) {
          throw new Refusal("RESOURCE_ALREADY_EXISTS", `Registered Model (name=${name}) already exists.`);
        }
        models.set(name, { name, versions: [], aliases: new Map() });
        return { registered_model: { name } };
      },
    ),
    "GET registered-models/get": endpoint({ name: z.string() }, ({ name }) => {
      const { aliases } = modelWith(name);
      return {
        registered_model: { name, aliases: [...aliases].map(([alias, version]) => ({ alias, version })) },
      };
    }),
    "POST registered-models/alias": endpoint(
      { name: z.string(), alias: Alias, version: z.string().regex(/^\d+$/) },
      ({ name, alias, version }) => {
        const model = modelWith(name);
        if (!model.versions.some((one) => one.version === version)) throw missing(`Version ${version}`);
        model.aliases.set(alias, version);
        return {};
      },
    ),
    "DELETE registered-models/alias": endpoint({ name: z.string(), alias: Alias }, ({ name, alias }) => {
      modelWith(name).aliases.delete(alias);
      return {};
    }),
    "POST model-versions/create": endpoint(
      {
        name: z.string(),
        source: z.string().min(1),
        run_id: z.string().optional(),
        tags: z.array(z.strictObject({ key: Key, value: z.string().max(5000) })).default([]),
        description: z.string().max(5000).optional(),
      },
      (given) => {
        const model = modelWith(given.name);
        if (/\.\.|%2e/i.test(given.source)) throw invalid("Invalid model version source");
        if (given.run_id !== undefined && !runs.has(given.run_id)) throw missing(`Run ${given.run_id}`);
        const run = runs.get(given.run_id ?? "");
        const folder = `${artifactRoot}/${run?.experimentId}/${run?.id}/artifacts/`;
        if (run && !given.source.startsWith(folder)) {
          throw invalid("To use a local path as a model version source, it must be inside the run's");
        }
        const made: FakeVersion = {
          version: `${model.versions.length + 1}`,
          source: given.source,
          runId: given.run_id,
          description: given.description ?? "",
          tags: new Map(given.tags.map(({ key, value }) => [key, value])),
        };
        model.versions.push(made);
        return { model_version: answerOf(model.name, made) };
      },
    ),
    "GET model-versions/search": endpoint(
      { filter: z.string(), max_results: z.string().default("200"), page_token: z.string().default("0") },
      ({ filter, max_results, page_token }) => {
        const [, name] = /^name='([^']*)'$/.exec(filter) ?? [];
        if (name === undefined) throw invalid(`Invalid filter ${filter}`);
        const all = models.get(name)?.versions ?? [];
        const end = Number(page_token) + Number(max_results);
        return {
          model_versions: all.slice(Number(page_token), end).map((version) => answerOf(name, version)),
          ...(end < all.length && { next_page_token: `${end}` }),
        };
      },
    ),
  };

  function modelWith(name: string): FakeModel {
    const found = models.get(name);
    if (found === undefined) throw missing(`Registered Model with name=${name}`);
    return found;
  }
  const answerOf = (name: string, { version, source, runId, description, tags }: FakeVersion) => ({
    ...{ name, version, source, description, status: "READY" },
    ...(runId !== undefined && { run_id: runId }),
    tags: [...tags].map(([key, value]) => ({ key, value })),
  });
  return { models, endpoints };
}
