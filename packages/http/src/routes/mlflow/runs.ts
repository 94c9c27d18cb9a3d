import { TamisError } from "@tamis/core";
import { findRun, metricsOfRuns, searchRuns } from "@tamis/storage";
import { fromMlflowKey } from "@tamis/storage/mlflow";
import { Hono } from "hono";
import { z } from "zod";
import { authorise } from "../../authorise.ts";
import type { AppEnv, Services } from "../../services.ts";
import { cutPage, PageQuery, pageOf } from "./pages.ts";
import { readQuery } from "./read-query.ts";
import { metricAnswer, runAnswers } from "./run-answers.ts";
import { runConditions, runOrder } from "./run-fields.ts";

const RunQuery = z.object({ run_id: z.string().optional(), run_uuid: z.string().optional() });
const SearchQuery = z.object({
  ...PageQuery,
  experiment_ids: z.array(z.string()).max(1000).default([]),
  filter: z.string().default(""),
  run_view_type: z.enum(["ACTIVE_ONLY", "DELETED_ONLY", "ALL"]).default("ACTIVE_ONLY"),
  order_by: z.array(z.string()).max(20).default([]),
});
const HistoryQuery = RunQuery.extend({ ...PageQuery, metric_key: z.string() });

/** Runs and the history of their metrics. */
export function runRoutes({ tamis: { records } }: Services): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  const foundRun = async ({ run_id, run_uuid }: z.infer<typeof RunQuery>) => {
    const id = run_id ?? run_uuid ?? "";
    const run = await findRun(records, id);
    if (run) return run;
    throw new TamisError("not_found", `There is no run ${id.slice(0, 100)}.`);
  };
  routes.get("/runs/get", authorise("runs:read"), async (context) => {
    const run = await foundRun(await readQuery(context, RunQuery));
    const [answer] = runAnswers([run], await metricsOfRuns(records, [run.runId]));
    return context.json({ run: answer });
  });
  routes.post("/runs/search", authorise("runs:read"), async (context) => {
    const query = await readQuery(context, SearchQuery);
    const page = pageOf(query);
    const found = await searchRuns(records, {
      // None of our runs was ever deleted.
      experiments: query.run_view_type === "DELETED_ONLY" ? [] : query.experiment_ids,
      where: runConditions(query.filter),
      orderBy: runOrder(query.order_by),
      offset: page.offset,
      limit: page.limit + 1,
    });
    const { items, next } = cutPage(found, page);
    const points = await metricsOfRuns(
      records,
      items.map(({ runId }) => runId),
    );
    return context.json({ runs: runAnswers(items, points), ...next });
  });
  routes.get("/metrics/get-history", authorise("runs:read"), async (context) => {
    const query = await readQuery(context, HistoryQuery);
    const page = pageOf(query);
    const name = fromMlflowKey(query.metric_key);
    const run = await foundRun(query);
    const points = (await metricsOfRuns(records, [run.runId])).filter((point) => point.name === name);
    const { items, next } = cutPage(points.slice(page.offset), page);
    return context.json({ metrics: items.map(metricAnswer), ...next });
  });
  return routes;
}
