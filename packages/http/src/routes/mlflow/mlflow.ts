import { TamisError } from "@tamis/core";
import { Hono } from "hono";
import type { AppEnv, Services } from "../../services.ts";
import { artifactRoutes } from "./artifacts.ts";
import { experimentRoutes } from "./experiments.ts";
import { registryRoutes } from "./registry.ts";
import { runRoutes } from "./runs.ts";

/** Where MLflow's clients, and its own pages, look for the API. */
export const mlflowPrefixes = ["/api/2.0", "/ajax-api/2.0"] as const;

/**
 * The part of MLflow's REST API that reads, over our runs and registry: `MLFLOW_TRACKING_URI` may be this service. Ids of
 * experiments are their names, those of runs ours. Its contract is MLflow's, so it is not in our OpenAPI document.
 */
export function mlflowRoutes(services: Services): Hono<AppEnv> {
  const api = new Hono<AppEnv>();
  api.route("/mlflow/experiments", experimentRoutes(services));
  api.route("/mlflow", runRoutes(services));
  api.route("/mlflow", registryRoutes(services));
  api.route("/", artifactRoutes(services));
  for (const path of ["/mlflow/*", "/mlflow-artifacts/*"]) {
    api.all(path, (context) => {
      const { method } = context.req;
      const what = `${method} ${context.req.path.slice(0, 200)}`;
      if (method === "GET")
        throw new TamisError("not_found", `Tamis does not answer ${what} of MLflow's API.`);
      throw new TamisError(
        "unsupported",
        `Tamis answers ${what} with nothing: of MLflow's API it serves the reading part. Runs and models are written by tamis train and the service's own API.`,
      );
    });
  }
  const routes = new Hono<AppEnv>();
  for (const prefix of mlflowPrefixes) routes.route(prefix, api);
  return routes;
}
