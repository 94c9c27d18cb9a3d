import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { ModelVersion } from "@tamis/core";
import { modelCatalog } from "@tamis/storage";
import { needs } from "../authorise.ts";
import { type AppEnv, modelName, type Services } from "../services.ts";
import { json, problems } from "./answers.ts";

const VersionAnswer = z
  .object({
    version: z.number().int(),
    aliases: z.array(z.string()),
    algorithm: z.string(),
    metrics: z.record(z.string(), z.number()),
    snapshot: z.string().openapi({ description: "Digest of the data it was trained on." }),
    run_id: z.string(),
    seed: z.number().int(),
    sha256: z.string(),
    bytes: z.number().int(),
    created_at: z.string().openapi({ format: "date-time" }),
  })
  .openapi("ModelVersion");

const Models = z
  .object({
    model: z.string(),
    champion: z.number().int().nullable(),
    ranker: z.number().int().nullable().openapi({ description: "Makes the lists, where there is one." }),
    versions: z.array(VersionAnswer),
  })
  .openapi("Models");

const list = createRoute({
  method: "get",
  path: "/api/models",
  ...needs("models:read"),
  summary: "Versions of the served model, newest first",
  responses: { 200: json("The versions", Models), ...problems("unauthenticated") },
});

export function modelRoutes(services: Services): OpenAPIHono<AppEnv> {
  const model = modelName(services);
  return new OpenAPIHono<AppEnv>().openapi(list, async (context) => {
    const versions = await modelCatalog(services.tamis.records).list(model);
    const holder = (role: "champion" | "ranker") =>
      versions.find(({ aliases }) => aliases.includes(role))?.version ?? null;
    const [champion, ranker] = [holder("champion"), holder("ranker")];
    return context.json({ model, champion, ranker, versions: versions.map(answer) }, 200);
  });
}

function answer(version: ModelVersion): z.infer<typeof VersionAnswer> {
  return {
    version: version.version,
    aliases: [...version.aliases],
    algorithm: version.algorithm,
    metrics: version.metrics,
    snapshot: version.snapshot,
    run_id: version.runId,
    seed: version.seed,
    sha256: version.sha256,
    bytes: version.bytes,
    created_at: version.createdAt.toISOString(),
  };
}
