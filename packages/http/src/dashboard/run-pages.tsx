import { OpenAPIHono } from "@hono/zod-openapi";
import { can, isTamisError, TamisError } from "@tamis/core";
import { artifactsOfRun, findRun, listRuns, metricsOfRuns, type Run, runFacets } from "@tamis/storage";
import type { Context } from "hono";
import { authorise } from "../authorise.ts";
import { chartRoute } from "../charts/chart-route.ts";
import type { AppEnv } from "../services.ts";
import { algorithmChart } from "./algorithm-chart.ts";
import { ComparePage } from "./compare-page.tsx";
import { compareRuns, foldChart } from "./compare-runs.ts";
import type { Dashboard } from "./dashboard.ts";
import { exportRuns, runsCsv } from "./export-runs.ts";
import { answerPage } from "./layout.tsx";
import { RunPage } from "./run-page.tsx";
import { mostCompared, RunsPage, type RunsView } from "./runs-page.tsx";
import { RunsQuery, runsOptions } from "./runs-query.ts";

/** The end of a log that is shown, in bytes. */
const shownLogBytes = 64 * 1024;

/** `/runs`, a run, several compared, and exports. */
export function runPages({ services, now }: Dashboard): OpenAPIHono<AppEnv> {
  const { environment, tamis } = services;
  const { records, objects } = tamis;
  const routes = new OpenAPIHono<AppEnv>();

  routes.get("/runs", authorise("runs:read"), async (context) => {
    const view = await readRuns(context.req.query());
    const page = <RunsPage view={view} environment={environment} now={now()} />;
    return answerPage(context, page, view.message ? 422 : 200);
  });

  routes.get("/runs/compare", authorise("runs:read"), async (context) => {
    const runs = await readCompared(context.req.queries("run") ?? []);
    const comparison = compareRuns(runs);
    const metric = chosenMetric(context.req.query("metric"), comparison.metrics);
    const ids = runs.map(({ runId }) => runId);
    const chart = metric && foldChart(runs, await metricsOfRuns(records, ids), metric);
    return answerPage(
      context,
      <ComparePage
        comparison={comparison}
        chart={chart || undefined}
        metric={metric}
        environment={environment}
        now={now()}
      />,
    );
  });

  routes.get("/runs/export.csv", authorise("runs:read"), async (context) => {
    const runs = await exportRuns(records, queryOf(context));
    return attachment(context, runsCsv(runs), "runs.csv", "text/csv; charset=utf-8; header=present");
  });
  routes.get("/runs/export.json", authorise("runs:read"), async (context) => {
    const runs = await exportRuns(records, queryOf(context));
    return attachment(context, JSON.stringify({ runs }), "runs.json", "application/json");
  });

  routes.get("/runs/:id", authorise("runs:read"), async (context) => {
    const run = await foundRun(context.req.param("id"));
    const artifacts = await artifactsOfRun(records, run.runId);
    const mayReadFiles = can(context.get("actor").role, "logs:read");
    const log = artifacts.find(({ contentType }) => contentType.startsWith("text/plain"));
    const view = {
      run,
      artifacts,
      mayReadFiles,
      chart: algorithmChart(run, await metricsOfRuns(records, [run.runId])),
      log: mayReadFiles && log ? await endOf(log.objectKey, log.bytes) : undefined,
    };
    return answerPage(context, <RunPage view={view} environment={environment} />);
  });

  routes.get("/runs/:id/files/:path{.+}", authorise("logs:read"), async (context) => {
    const { id, path } = context.req.param();
    const known = (await artifactsOfRun(records, id)).find((artifact) => artifact.path === path);
    if (known === undefined) throw new TamisError("not_found", `The run ${id} left no file “${path}”.`);
    const bytes = await objects.get(known.objectKey);
    if (bytes === undefined) throw new TamisError("not_found", `The file “${path}” of run ${id} is gone.`);
    return context.body(ReadableStream.from(bytes) as ReadableStream<Uint8Array>, 200, {
      "Content-Type": "application/octet-stream",
      "Content-Disposition": `attachment; filename="${path
        .split("/")
        .at(-1)
        ?.replace(/[^\w.-]/g, "_")}"`,
      "Content-Length": String(known.bytes),
    });
  });

  routes.route(
    "/",
    chartRoute("algorithms", "runs:read", async ({ run: id = "" }) => {
      const run = await foundRun(id);
      const chart = algorithmChart(run, await metricsOfRuns(records, [id]));
      if (chart) return chart;
      throw new TamisError("not_found", `The run ${id} measured fewer than two algorithms.`);
    }),
  );
  routes.route(
    "/",
    chartRoute("folds", "runs:read", async (_, queries) => {
      const runs = await readCompared(queries.run ?? []);
      const ids = runs.map(({ runId }) => runId);
      const metric = chosenMetric(queries.metric?.[0], compareRuns(runs).metrics);
      if (metric) return foldChart(runs, await metricsOfRuns(records, ids), metric);
      throw new TamisError("not_found", "These runs have no metric in common.");
    }),
  );
  return routes;

  async function readRuns(asked: Record<string, string>): Promise<RunsView> {
    const facets = await runFacets(records);
    const query = RunsQuery.safeParse(asked);
    if (!query.success) {
      const { path, message } = query.error.issues[0]!;
      return {
        ...facets,
        query: {},
        runs: [],
        next: null,
        message: `The filter ${path.join(".")} ${message}.`,
      };
    }
    try {
      return { ...facets, query: query.data, ...(await listRuns(records, runsOptions(query.data))) };
    } catch (error) {
      if (!isTamisError(error) || error.code !== "invalid_input") throw error;
      return { ...facets, query: query.data, runs: [], next: null, message: error.message };
    }
  }

  async function foundRun(id: string): Promise<Run> {
    const run = await findRun(records, id);
    if (run) return run;
    throw new TamisError("not_found", `There is no run ${id}. The page Runs lists them.`);
  }

  async function readCompared(ids: readonly string[]): Promise<Run[]> {
    const distinct = [...new Set(ids)];
    if (distinct.length < 2 || distinct.length > mostCompared) {
      throw new TamisError(
        "invalid_input",
        `Choose two to ${mostCompared} runs; ${distinct.length} were chosen.`,
      );
    }
    return Promise.all(distinct.map(foundRun));
  }

  async function endOf(key: string, bytes: number): Promise<string | undefined> {
    const start = Math.max(0, bytes - shownLogBytes);
    const end = await objects.get(key, { range: { start, length: bytes - start } });
    return end && new Response(ReadableStream.from(end) as ReadableStream<Uint8Array>).text();
  }
}

function queryOf(context: Context): RunsQuery {
  const query = RunsQuery.safeParse(context.req.query());
  if (query.success) return query.data;
  throw new TamisError("invalid_input", `The filter ${query.error.issues[0]?.path.join(".")} is not valid.`);
}

/** The metric asked for, else the first that all runs have, the best RMSE before others. */
function chosenMetric(
  asked: string | undefined,
  metrics: readonly { readonly name: string; readonly values: readonly unknown[] }[],
): string | undefined {
  const names = metrics.map(({ name }) => name);
  if (asked !== undefined && names.includes(asked)) return asked;
  const shared = metrics.filter(({ values }) => !values.includes(undefined)).map(({ name }) => name);
  return ["best_rmse", "best_ndcg"].find((name) => shared.includes(name)) ?? shared[0] ?? names[0];
}

function attachment(context: Context, body: string, name: string, type: string): Response {
  return context.body(body, 200, {
    "Content-Type": type,
    "Content-Disposition": `attachment; filename="${name}"`,
    "Cache-Control": "no-store",
  });
}
