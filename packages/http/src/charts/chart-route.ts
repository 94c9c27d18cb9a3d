import { createHash } from "node:crypto";
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Action } from "@tamis/core";
import { authorise } from "../authorise.ts";
import { matchesEtag } from "../etag.ts";
import type { AppEnv } from "../services.ts";
import type { Chart } from "./chart.ts";
import { chartCsv } from "./chart-table.ts";
import { drawChart } from "./draw-chart.ts";
import { fileSvg } from "./page-svg.ts";

/** Reads a chart from the query of its address. @throws not_found when there is nothing to draw */
export type ChartReader = (
  query: Readonly<Record<string, string>>,
  queries: Readonly<Record<string, readonly string[]>>,
) => Promise<Chart>;

/** What a downloaded drawing measures, in pixels: a half of A4 across. */
const fileWidth = 800;
const filePanelHeight = 260;

/**
 * Every chart has an address: `/charts/NAME.svg` and `.csv` are files for anybody who may do `action`, `.json` is what
 * the page's script draws from. The query that drew it on the page draws it here.
 *
 * @param name - letters and `-`
 */
export function chartRoute(name: string, action: Action, read: ChartReader): OpenAPIHono<AppEnv> {
  const routes = new OpenAPIHono<AppEnv>();
  for (const format of ["svg", "csv", "json"] as const) {
    routes.get(`/charts/${name}.${format}`, authorise(action), async (context) => {
      const body = await files[format](await read(context.req.query(), context.req.queries()), name);
      const etag = `"${createHash("sha256").update(body).digest("hex").slice(0, 16)}"`;
      const headers = { ETag: etag, "Cache-Control": "private, no-cache" };
      if (matchesEtag(context.req.header("If-None-Match"), etag)) return context.body(null, 304, headers);
      return context.body(body, 200, { ...headers, "Content-Type": types[format] });
    });
  }
  return routes;
}

const types = {
  svg: "image/svg+xml",
  csv: "text/csv; charset=utf-8; header=present",
  json: "application/json",
} as const;

const files = {
  svg: async (chart: Chart, name: string) => {
    const height = 74 + filePanelHeight * chart.panels.length;
    return fileSvg(await drawChart(chart, { width: fileWidth, height }, name));
  },
  csv: async (chart: Chart) => chartCsv(chart),
  json: async (chart: Chart) => JSON.stringify(chart),
};
