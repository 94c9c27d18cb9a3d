import { createHash } from "node:crypto";
import { listAudit } from "@tamis/storage";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addFilms } from "../testing/hand-made-films.ts";
import { importFilms, type OpenService, openService } from "../testing/open-service.ts";

const post = (app: OpenService["app"], path: string, body?: object) =>
  app.request(path, {
    method: "POST",
    ...(body && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
  });
const get = async (app: OpenService["app"], path: string) =>
  (await app.request(path)).json() as Promise<{ message?: string }>;

describe("GET /monitoring/drift", () => {
  it("saves the present figures as the baseline, then compares with them", async () => {
    const service = await openService();
    await addFilms(service.tamis);
    const first = await get(service.app, "/monitoring/drift");
    expect(first).toMatchObject({
      drift_detected: false,
      threshold: 10,
      baseline: { version: 1, created_at: expect.any(String) },
      details: {
        avg_rating: { baseline: 3.625, current: 3.625, change_pct: 0, status: "normal" },
        num_users: { baseline: 3, current: 3, change_pct: 0, status: "normal" },
        num_movies: { baseline: 2, current: 2, change_pct: 0, status: "normal" },
        num_ratings: { baseline: 4, current: 4, change_pct: 0, status: "normal" },
      },
    });
    expect(first.message).toContain("no baseline");
    await service.tamis.records.updateTable("users").set({ ratings: 2 }).where("id", "=", "2").execute();
    const second = await get(service.app, "/monitoring/drift");
    expect(second).toMatchObject({
      drift_detected: true,
      details: { num_ratings: { baseline: 4, current: 5, change_pct: 25, status: "drift" } },
    });
    expect(await get(service.app, "/monitoring/drift?threshold=25")).toMatchObject({ drift_detected: false });
    expect((await service.app.request("/monitoring/drift?threshold=x")).status).toBe(422);
    await service.close();
  });
});

describe("reports", () => {
  let service: OpenService;
  beforeAll(async () => {
    service = await openService();
    await importFilms(service);
  });
  afterAll(() => service.close());

  it("keeps every version of the baseline, and who took it", async () => {
    expect((await service.app.request("/monitoring/drift/baseline")).status).toBe(404);
    expect((await service.app.request("/monitoring/drift/report")).status).toBe(404);
    const first = await post(service.app, "/monitoring/drift/baseline");
    expect(first.status).toBe(201);
    const second = await post(service.app, "/monitoring/drift/baseline", { last: 700 });
    expect(await second.json()).toMatchObject({
      version: 2,
      created_by: "loopback",
      versions: [2, 1],
      columns: [
        { name: "rating", rows: 700, missing: 0 },
        { name: "genres", rows: expect.any(Number), missing: expect.any(Number) },
      ],
    });
    expect(await get(service.app, "/monitoring/drift/baseline")).toMatchObject({ version: 2 });
    expect(await get(service.app, "/monitoring/drift/baseline?version=1")).toMatchObject({
      version: 1,
      columns: [{ name: "rating", rows: 1500 }, { name: "genres" }],
    });
    expect((await post(service.app, "/monitoring/drift/baseline", { lst: 7 })).status).toBe(422);
    const { entries } = await listAudit(service.tamis.records, { action: "drift.baseline" });
    expect(entries).toMatchObject([
      { actor: "loopback", subject: "default", outcome: "done", details: { version: 2 } },
      { details: { version: 1 } },
    ]);
  });

  it("makes one report for the same data however many ask, and a new one when told to", async () => {
    await post(service.app, "/monitoring/drift/baseline");
    const asked = await Promise.all([1, 2, 3].map(() => get(service.app, "/monitoring/drift/report.json")));
    expect(asked[0]).toMatchObject({
      profile: "calibrated",
      verdict: "no drift",
      baseline: { version: 3 },
      current: { last: 10_000, rows: 1500 },
      drifted_columns: { count: 0, share: 0 },
    });
    expect(asked[1]).toEqual(asked[0]);
    expect(await get(service.app, "/monitoring/drift/report.json")).toEqual(asked[0]);
    const made = await post(service.app, "/monitoring/drift/report", { last: 100, profile: "evidently" });
    expect(made.status).toBe(201);
    expect(await made.json()).toMatchObject({ profile: "evidently", current: { last: 100, rows: 100 } });
    expect(await get(service.app, "/monitoring/drift/evidently.json?profile=evidently")).toMatchObject({
      metrics: [{ id: "drifted-columns" }, { id: "value-drift-rating" }, { id: "value-drift-genres" }],
      tests: [{ status: expect.stringMatching(/^(FAIL|SUCCESS)$/) }, {}],
    });
  });

  it("shows the report as a page whose style, and nothing else, the security policy allows", async () => {
    const answer = await service.app.request("/monitoring/drift/report?profile=simple");
    expect(answer.headers.get("Content-Type")).toMatch(/^text\/html/);
    const page = await answer.text();
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? "";
    const hash = createHash("sha256").update(style).digest("base64");
    expect(answer.headers.get("Content-Security-Policy")).toContain(`'sha256-${hash}'`);
    expect(answer.headers.get("Content-Security-Policy")).not.toContain("unsafe-inline");
    expect(page.length).toBeLessThan(1_000_000);
  });
});
