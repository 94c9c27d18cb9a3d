import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type OpenService, openService } from "../testing/open-service.ts";

let service: OpenService;
beforeAll(async () => {
  service = await openService();
});
afterAll(() => service.close());

async function samples(): Promise<Map<string, number>> {
  const answer = await service.app.request("/metrics");
  expect(answer.headers.get("Content-Type")).toMatch(/^text\/plain; version=0\.0\.4/);
  const lines = (await answer.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      expect(line).toMatch(/^[a-zA-Z_:][\w:]*(\{([\w]+="[^"]*",?)+\})? \S+$/);
      const blank = line.lastIndexOf(" ");
      return [line.slice(0, blank), Number(line.slice(blank + 1))];
    }),
  );
}

it("counts requests by route pattern, so that raw addresses make no new series", async () => {
  for (const path of ["/api/items/1", "/api/items/2", "/nowhere/1", "/nowhere/2"])
    await service.app.request(path);
  const found = await samples();
  expect(found.get('api_requests_total{method="GET",endpoint="/api/items/:id",status="404"}')).toBe(2);
  expect(found.get('api_requests_total{method="GET",endpoint="unmatched",status="404"}')).toBe(2);
  expect(found.get('api_request_duration_seconds_count{method="GET",endpoint="/api/items/:id"}')).toBe(2);
  expect([...found.keys()].filter((name) => name.includes("nowhere") || name.includes("/1"))).toEqual([]);
});

it("rises by the calls made", async () => {
  const name = 'api_requests_total{method="GET",endpoint="/livez",status="200"}';
  const before = (await samples()).get(name) ?? 0;
  for (let call = 0; call < 3; call++) await service.app.request("/livez");
  expect((await samples()).get(name)).toBe(before + 3);
});

it("has the process's own metrics", async () => {
  expect((await samples()).get("process_resident_memory_bytes")).toBeGreaterThan(1e6);
});

it("is documented, metric by metric, with type and labels", async () => {
  const text = await (await service.app.request("/metrics")).text();
  const exposed = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)]
    .map(([, name, type]) => `${name} ${type}`)
    .filter((line) => !/^(process|nodejs)_/.test(line));
  const page = readFileSync(new URL("../../../../docs/monitoring.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| `(\w+)` +\| (counter|gauge|histogram) +\| ([\w, ]*?) *\|/gm)];
  expect(rows.map(([, name, type]) => `${name} ${type}`).sort()).toEqual(exposed.sort());
  for (const [, name, , labels = ""] of rows) {
    const sample = new RegExp(`^${name}(?:_bucket)?\\{([^}]*)\\} `, "m").exec(text)?.[1];
    if (sample === undefined) continue; // nothing to show yet
    const shown = [...sample.matchAll(/(\w+)="/g)]
      .map(([, label]) => label!)
      .filter((label) => label !== "le");
    expect([name, shown.sort().join(", ")]).toEqual([name, labels.split(", ").sort().join(", ")]);
  }
});
