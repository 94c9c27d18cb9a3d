import { TamisError } from "@tamis/core";
import { type Experiment, listExperiments } from "@tamis/storage";
import { Hono } from "hono";
import { z } from "zod";
import { authorise } from "../../authorise.ts";
import type { AppEnv, Services } from "../../services.ts";
import { matches } from "./matches.ts";
import { cutPage, PageQuery, pageOf } from "./pages.ts";
import { readQuery } from "./read-query.ts";

const SearchQuery = z.object({ ...PageQuery, filter: z.string().default("") });

/** Experiments: their names are their ids. */
export function experimentRoutes({ tamis: { records } }: Services): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  const find = async (name: string) => {
    const found = (await listExperiments(records)).find((experiment) => experiment.name === name);
    if (found) return { experiment: answer(found) };
    throw new TamisError("not_found", `No experiment “${name.slice(0, 100)}” has a run.`);
  };
  routes.get("/get", authorise("runs:read"), async (context) => {
    const { experiment_id } = await readQuery(context, z.object({ experiment_id: z.string() }));
    return context.json(await find(experiment_id));
  });
  routes.get("/get-by-name", authorise("runs:read"), async (context) => {
    const { experiment_name } = await readQuery(context, z.object({ experiment_name: z.string() }));
    return context.json(await find(experiment_name));
  });
  routes.on(["GET", "POST"], "/search", authorise("runs:read"), async (context) => {
    const query = await readQuery(context, SearchQuery);
    const page = pageOf(query);
    const found = (await listExperiments(records)).filter(({ name }) => matches(query.filter, { name }));
    const { items, next } = cutPage(found.slice(page.offset), page);
    return context.json({ experiments: items.map(answer), ...next });
  });
  return routes;
}

function answer({ name, firstAt, latestAt }: Experiment) {
  return {
    ...{ experiment_id: name, name, artifact_location: "mlflow-artifacts:/runs" },
    ...{ lifecycle_stage: "active", tags: [] },
    ...{ creation_time: firstAt.getTime(), last_update_time: latestAt.getTime() },
  };
}
