import { actions, can, roles } from "@tamis/core";
import { listAudit } from "@tamis/storage";
import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { authorise, checkGuards, needs } from "./authorise.ts";
import { coalescingAudit } from "./coalescing-audit.ts";
import { problemOf } from "./problem.ts";
import type { AppEnv } from "./services.ts";
import { type OpenService, openService } from "./testing/open-service.ts";

let service: OpenService;
beforeAll(async () => {
  service = await openService();
});
afterAll(() => service.close());

it.each(roles)("lets %s do what the matrix says and nothing else", async (role) => {
  const app = new Hono<AppEnv>();
  const log = { debug() {}, info() {}, warn() {}, error() {}, with: () => log };
  const audit = coalescingAudit({ records: service.tamis.records, log, now: () => new Date() });
  app.use((context, next) => {
    context.set("actor", { name: `the ${role}`, role, tokenId: "t" });
    context.set("requestId", "r-1");
    context.set("audit", audit);
    return next();
  });
  app.onError((error, context) => context.json(problemOf(error, "r-1"), 403));
  for (const action of actions) app.get(`/${action}`, authorise(action), (context) => context.text("in"));
  for (const action of actions) {
    const answer = await app.request(`/${action}`);
    expect(answer.status, action).toBe(can(role, action) ? 200 : 403);
  }
  const { entries } = await listAudit(service.tamis.records, { action: "access.deny", limit: 1_000 });
  const denied = entries.filter(({ actor }) => actor === `the ${role}`);
  expect(denied.map(({ subject }) => subject).sort()).toEqual(
    actions.filter((action) => !can(role, action)).sort(),
  );
  for (const entry of denied) {
    expect(entry).toMatchObject({
      outcome: "denied",
      reason: `The role ${role} may not ${entry.subject}.`,
      requestId: "r-1",
      details: { method: "GET", path: `/${entry.subject}` },
    });
  }
});

describe("checkGuards", () => {
  const open = () => new Hono<AppEnv>();
  const answer = (context: { text(text: string): Response }) => context.text("in");

  it("passes public paths and guarded routes", () => {
    const app = open().use(async (_, next) => next());
    app.get("/livez", answer).get("/stats", authorise("stats:read"), answer);
    expect(() => checkGuards(app.routes)).not.toThrow();
    expect(needs("stats:read")["x-action"]).toBe("stats:read");
  });

  it("refuses a route without a guard, or with one that comes too late", () => {
    expect(() => checkGuards(open().post("/forgotten", answer).routes)).toThrow("POST /forgotten");
    const late = open().get("/late", answer).get("/late", authorise("stats:read"), answer);
    expect(() => checkGuards(late.routes)).toThrow("GET /late");
    const other = open().get("/x", authorise("stats:read"), answer).delete("/x", answer);
    expect(() => checkGuards(other.routes)).toThrow("DELETE /x");
  });
});
