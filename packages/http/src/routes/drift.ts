import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { TamisError } from "@tamis/core";
import {
  checkFigures,
  DriftDocument,
  defaultBaseline,
  driftProfiles,
  driftReport,
  evidentlyDocument,
  parseDriftBaseline,
  takeBaseline,
} from "@tamis/ml";
import { driftPorts, writeAudit } from "@tamis/storage";
import { needs } from "../authorise.ts";
import { driftReports } from "../drift-reports.ts";
import type { AppEnv, Services } from "../services.ts";
import { json, problems } from "./answers.ts";

const FigureDrift = z
  .object({
    drift_detected: z.boolean(),
    message: z.string(),
    threshold: z.number().openapi({ description: "Per cent; exactly as much is no drift." }),
    baseline: z.object({ version: z.number().int(), created_at: z.iso.datetime() }),
    details: z.record(
      z.string(),
      z.object({
        baseline: z.number(),
        current: z.number(),
        change_pct: z.number(),
        status: z.enum(["drift", "normal"]),
      }),
    ),
  })
  .openapi("FigureDrift");

const Baseline = z
  .object({
    name: z.string(),
    version: z.number().int(),
    digest: z.string(),
    snapshot: z.string().nullable(),
    created_by: z.string(),
    created_at: z.iso.datetime(),
    figures: z.record(z.string(), z.number()),
    columns: z.array(z.object({ name: z.string(), rows: z.number().int(), missing: z.number().int() })),
    versions: z.array(z.number().int()).openapi({ description: "All there are, newest first." }),
  })
  .openapi("DriftBaseline");

const EvidentlyReport = z
  .object({
    metrics: z.array(
      z.object({
        id: z.string(),
        metric_name: z.string(),
        config: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
        value: z.union([z.number(), z.null(), z.object({ count: z.number().int(), share: z.number() })]),
      }),
    ),
    tests: z.array(
      z.object({ id: z.string(), name: z.string(), description: z.string(), status: z.string() }),
    ),
  })
  .openapi("EvidentlyReport");

const Window = z
  .strictObject({
    snapshot: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
    since: z.iso.datetime().optional(),
    last: z.number().int().min(1).optional(),
  })
  .openapi("RatingWindow");
const profile = z.enum(driftProfiles).default("calibrated");
const ReportQuery = z.object({ profile });

const getDrift = createRoute({
  method: "get",
  path: "/monitoring/drift",
  ...needs("monitoring:read"),
  summary: "Whether the figures of the data differ from the baseline; takes one when there is none",
  request: { query: z.object({ threshold: z.coerce.number().min(0).default(10) }) },
  responses: {
    200: json("The figures", FigureDrift),
    ...problems("unauthenticated", "forbidden", "invalid_input"),
  },
});

const getBaseline = createRoute({
  method: "get",
  path: "/monitoring/drift/baseline",
  ...needs("monitoring:read"),
  summary: "The newest baseline, or a version of it",
  request: { query: z.object({ version: z.coerce.number().int().min(1).optional() }) },
  responses: {
    200: json("The baseline", Baseline),
    ...problems("unauthenticated", "forbidden", "not_found"),
  },
});

const postBaseline = createRoute({
  method: "post",
  path: "/monitoring/drift/baseline",
  ...needs("monitoring:write"),
  summary: "Take a new baseline; former versions stay",
  request: { body: { required: false, content: { "application/json": { schema: Window } } } },
  responses: {
    201: json("The baseline", Baseline),
    ...problems("unauthenticated", "forbidden", "not_found", "invalid_input"),
  },
});

const getReport = createRoute({
  method: "get",
  path: "/monitoring/drift/report",
  ...needs("monitoring:read"),
  summary: "The report on drift as a page that needs no network",
  request: { query: ReportQuery },
  responses: {
    200: { description: "The report", content: { "text/html": { schema: z.string() } } },
    ...problems("unauthenticated", "forbidden", "not_found"),
  },
});

const getReportJson = createRoute({
  method: "get",
  path: "/monitoring/drift/report.json",
  ...needs("monitoring:read"),
  summary: "The report on drift as JSON",
  request: { query: ReportQuery },
  responses: {
    200: json("The report", DriftDocument),
    ...problems("unauthenticated", "forbidden", "not_found"),
  },
});

const getEvidently = createRoute({
  method: "get",
  path: "/monitoring/drift/evidently.json",
  ...needs("monitoring:read"),
  summary: "The report on drift in the shape of Evidently's JSON",
  request: { query: ReportQuery },
  responses: {
    200: json("The report", EvidentlyReport),
    ...problems("unauthenticated", "forbidden", "not_found"),
  },
});

const postReport = createRoute({
  method: "post",
  path: "/monitoring/drift/report",
  ...needs("monitoring:write"),
  summary: "Compare now, whatever was found before",
  request: {
    body: {
      required: false,
      content: { "application/json": { schema: Window.extend({ profile }).openapi("DriftCheckRequest") } },
    },
  },
  responses: {
    201: json("The report", DriftDocument),
    ...problems("unauthenticated", "forbidden", "not_found", "invalid_input"),
  },
});

export function driftRoutes(services: Services): OpenAPIHono<AppEnv> {
  const { tamis, now = () => new Date() } = services;
  const ports = driftPorts(tamis, now);
  const reports = driftReports(services);
  const routes = new OpenAPIHono<AppEnv>();

  routes.openapi(getDrift, async (context) => {
    const { threshold } = context.req.valid("query");
    const { name } = context.get("actor");
    const { baseline, taken, changes } = await checkFigures(ports, { threshold, createdBy: name });
    const drifted = Object.entries(changes).flatMap(([figure, { status }]) =>
      status === "drift" ? [figure] : [],
    );
    const message = taken
      ? "There was no baseline: the present figures are it now."
      : drifted.length === 0
        ? `No figure changed by more than ${threshold} %.`
        : `Changed by more than ${threshold} %: ${drifted.join(", ")}.`;
    return context.json(
      {
        drift_detected: drifted.length > 0,
        message,
        threshold,
        baseline: { version: baseline.version, created_at: baseline.createdAt.toISOString() },
        details: changes,
      },
      200,
    );
  });

  routes.openapi(getBaseline, async (context) => {
    const { version } = context.req.valid("query");
    const found = await ports.store.findBaseline(defaultBaseline, version);
    if (found !== undefined) return context.json(await describe(found), 200);
    const missing = version === undefined ? "no baseline yet" : `no version ${version} of the baseline`;
    throw new TamisError("not_found", `There is ${missing}. Take one with: POST ${context.req.path}`);
  });

  routes.openapi(postBaseline, async (context) => {
    const window = windowOf(context.req.valid("json"));
    const actor = context.get("actor").name;
    const taken = await takeBaseline(ports, { window, createdBy: actor });
    const { name, version, snapshot } = taken;
    const requestId = context.get("requestId");
    const details = { version, snapshot };
    const entry = {
      actor,
      action: "drift.baseline",
      subject: name,
      outcome: "done",
      requestId,
      details,
    } as const;
    await writeAudit(tamis.records, entry, now());
    return context.json(await describe(taken), 201);
  });

  routes.openapi(getReport, async (context) => {
    const document = await reports.current(context.req.valid("query").profile);
    return context.html(driftReport(document), 200);
  });

  routes.openapi(getReportJson, async (context) =>
    context.json(await reports.current(context.req.valid("query").profile), 200),
  );

  routes.openapi(getEvidently, async (context) => {
    const document = await reports.current(context.req.valid("query").profile);
    return context.json(evidentlyDocument(document), 200);
  });

  return routes.openapi(postReport, async (context) => {
    const { profile: asked = "calibrated", ...window } = context.req.valid("json");
    const named = Object.keys(window).length > 0 ? { window: windowOf(window) } : {};
    return context.json(await reports.make({ profile: asked, ...named }), 201);
  });

  async function describe(
    stored: Awaited<ReturnType<typeof takeBaseline>>,
  ): Promise<z.infer<typeof Baseline>> {
    const { name, version, digest, snapshot, createdBy, createdAt } = stored;
    const { figures, columns } = await parseDriftBaseline(stored.document);
    return {
      name,
      version,
      digest,
      snapshot,
      created_by: createdBy,
      created_at: createdAt.toISOString(),
      figures,
      columns: columns.map(({ name: column, counts, missing }) => ({
        name: column,
        rows: counts.reduce((sum, count) => sum + count, 0),
        missing,
      })),
      versions: (await ports.store.listBaselines(name)).map((each) => each.version),
    };
  }
}

function windowOf({ snapshot, since, last }: z.infer<typeof Window>) {
  return { snapshot, since: since === undefined ? undefined : new Date(since), last };
}
