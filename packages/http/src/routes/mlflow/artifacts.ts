import { TamisError } from "@tamis/core";
import { type Context, Hono } from "hono";
import { z } from "zod";
import { authorise } from "../../authorise.ts";
import type { AppEnv, Services } from "../../services.ts";
import { type ArtifactFile, childrenOf, filesOfRun, filesOfVersion } from "./artifact-files.ts";
import { readQuery } from "./read-query.ts";

const ListQuery = z.object({ run_id: z.string(), path: z.string().default("") });
const ProxyQuery = z.object({ path: z.string() });

/**
 * Files of runs (`mlflow-artifacts:/runs/RUN/…`) and of versions (`mlflow-artifacts:/models/NAME/VERSION/…`). Only what the
 * records name is served. A model file holds the ids of people: reading one needs what reading ratings needs.
 */
export function artifactRoutes({ tamis }: Services): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.get("/mlflow/artifacts/list", authorise("runs:read"), async (context) => {
    const { run_id, path } = await readQuery(context, ListQuery);
    const files = there(await filesOfRun(tamis, run_id), `run ${run_id}`);
    return context.json({
      root_uri: `mlflow-artifacts:/runs/${run_id}`,
      files: childrenOf(files, trimmed(path)),
    });
  });
  routes.get("/mlflow-artifacts/artifacts", authorise("runs:read"), async (context) => {
    const { path } = await readQuery(context, ProxyQuery);
    const [root, name = "", ...rest] = trimmed(path).split("/");
    const version = root === "models" ? (rest.shift() ?? "") : "";
    const files = root === "models" ? filesOfVersion(tamis, name, version) : filesOfRun(tamis, name);
    const found = there(await files, `place ${path}`);
    // A proxied list gives names, not paths.
    const children = childrenOf(found, rest.join("/")).map((child) => ({
      ...child,
      path: child.path.replace(/^.*\//, ""),
    }));
    return context.json({ files: children });
  });
  routes.get("/mlflow-artifacts/artifacts/runs/:run/:path{.+}", authorise("logs:read"), async (context) => {
    const { run, path } = context.req.param();
    return await send(context, there(await filesOfRun(tamis, run), `run ${run}`), path);
  });
  routes.get(
    "/mlflow-artifacts/artifacts/models/:name/:version/:path",
    authorise("ratings:read"),
    async (context) => {
      const { name, version, path } = context.req.param();
      const files = there(await filesOfVersion(tamis, name, version), `version ${version} of ${name}`);
      return await send(context, files, path);
    },
  );
  return routes;
}

async function send(
  context: Context<AppEnv>,
  files: readonly ArtifactFile[],
  path: string,
): Promise<Response> {
  const file = files.find((each) => each.path === path);
  const chunks = await file?.open();
  if (file === undefined || chunks === undefined) {
    throw new TamisError("not_found", `There is no artifact “${path.slice(0, 200)}” here.`);
  }
  return context.body(ReadableStream.from(chunks) as ReadableStream<Uint8Array>, 200, {
    "Content-Type": "application/octet-stream",
    "Content-Disposition": "attachment",
    "Content-Length": String(file.bytes),
  });
}

function there<T>(found: T | undefined, what: string): T {
  if (found !== undefined) return found;
  throw new TamisError("not_found", `There is no ${what.slice(0, 200)}.`);
}

function trimmed(path: string): string {
  return path.replace(/^\/+|\/+$/g, "");
}
