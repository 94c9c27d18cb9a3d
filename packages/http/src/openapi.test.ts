import { afterAll, beforeAll, expect, it } from "vitest";
import { type OpenService, openService } from "./testing/open-service.ts";

let service: OpenService;
beforeAll(async () => {
  service = await openService();
});
afterAll(() => service.close());

it("is the committed contract: `npm run openapi -w @tamis/http` rewrites it", async () => {
  const answer = await service.app.request("/openapi.json");
  expect(answer.status).toBe(200);
  const document = await answer.json();
  await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot("../openapi.json");
});

it("names every JSON route, and every operation answers something", async () => {
  const { openapi, paths } = (await (await service.app.request("/openapi.json")).json()) as {
    openapi: string;
    paths: Record<string, Record<string, { summary?: string; responses: Record<string, unknown> }>>;
  };
  expect(openapi).toBe("3.1.0");
  expect(Object.keys(paths).sort()).toEqual([
    "/api/audit",
    "/api/explain",
    "/api/health",
    "/api/items",
    "/api/items/{id}",
    "/api/items/{id}/similar",
    "/api/models",
    "/api/tokens",
    "/api/tokens/{id}/revoke",
    "/generate-ratings/",
    "/get-random-ratings/",
    "/health",
    "/livez",
    "/monitoring/drift",
    "/monitoring/drift/baseline",
    "/monitoring/drift/evidently.json",
    "/monitoring/drift/report",
    "/monitoring/drift/report.json",
    "/monitoring/recommendations",
    "/monitoring/stats",
    "/predict/",
    "/predict/batch",
    "/predict/health",
    "/readyz",
    "/stats",
    "/training/",
    "/training/status",
    "/training/{id}",
    "/training/{id}/cancel",
    "/training/{id}/events",
  ]);
  for (const operations of Object.values(paths)) {
    for (const { summary, responses } of Object.values(operations)) {
      expect(summary).toBeTruthy();
      expect(Object.keys(responses).join()).toMatch(/\b20[0-4]\b/);
    }
  }
});
