import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chartClient, script } from "../assets.ts";
import { importFilms, type OpenService, openService, trainModel } from "../testing/open-service.ts";

/** What a first visit may send, the client of the charts apart, in bytes. */
const firstPageBudget = 60_000;
const chartClientBudget = 260_000;

let films: OpenService;
beforeAll(async () => {
  films = await openService();
  await importFilms(films);
  await trainModel(films, 42, ["svd", "normal-predictor"]);
}, 60_000);
afterAll(() => films.close());

async function read(path: string, headers: Record<string, string> = {}) {
  const answer = await films.app.request(path, { headers });
  return { answer, bytes: new Uint8Array(await answer.arrayBuffer()) };
}

describe("what is sent", () => {
  it.each(["/", "/recommend?user=7&n=10", "/train", "/runs", "/models", "/monitoring"])(
    "%s stays under the budget with everything it asks for",
    async (path) => {
      const page = await read(path);
      expect(page.answer.status).toBe(200);
      const html = new TextDecoder().decode(page.bytes);
      const hrefs = new Set(
        [...html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, href]) => href ?? ""),
      );
      expect(hrefs).toContain(script?.href);
      let total = page.bytes.length;
      for (const href of hrefs) {
        const { answer, bytes } = await read(href, { "Accept-Encoding": "gzip" });
        expect(answer.headers.get("Cache-Control")).toContain("immutable");
        expect(answer.headers.get("Content-Encoding")).toBe("gzip");
        total += bytes.length;
      }
      expect(total).toBeLessThan(firstPageBudget);
      expect(html).not.toMatch(/ style=|<style|<script>|onclick=/);
    },
  );

  it("keeps what draws charts live under its budget, and asks for it from no page", async () => {
    expect(gzipSync(chartClient?.body ?? "", { level: 9 }).length).toBeGreaterThan(50_000);
    expect(chartClient?.gzipped.length).toBeLessThan(chartClientBudget);
  });
});

describe("charts by address", () => {
  it("are files that need no JavaScript, and say when they have not changed", async () => {
    const html = new TextDecoder().decode((await read("/")).bytes);
    const [, address = ""] = /href="(\/charts\/ratings\.csv[^"]*)"/.exec(html) ?? [];
    const { answer, bytes } = await read(address);
    const lines = new TextDecoder().decode(bytes).trim().split("\r\n");
    expect(lines[0]).toBe("Rating (in units of the scale),Ratings");
    expect(lines.slice(1).reduce((sum, line) => sum + Number(line.split(",")[1]), 0)).toBe(1500);
    const again = await read(address, { "If-None-Match": answer.headers.get("ETag") ?? "" });
    expect(again.answer.status).toBe(304);
    const svg = await read(address.replace(".csv", ".svg"));
    expect(svg.answer.headers.get("Content-Type")).toBe("image/svg+xml");
    expect(new TextDecoder().decode(svg.bytes)).toMatch(/^<svg [^>]*xmlns=/);
    expect((await read("/charts/ratings.csv?snapshot=none")).answer.status).toBe(404);
  });
});

describe("what is asked wrongly", () => {
  it.each([
    ["/runs?status=asleep", 422, "The filter status"],
    ["/runs?after=nonsense", 422, "alert"],
    ["/runs/compare?run=one", 422, "Choose two to 10 runs; 1 were chosen."],
    ["/runs/none", 404, "There is no run none."],
    ["/recommend?user=7&n=99", 422, "How many is a whole number from 1 to 50."],
    ["/recommend?user=7&with=77", 404, "There is no other version 77"],
    ["/train?run=none", 404, "There is no training none."],
  ])("%s is answered %i with a sentence", async (path, status, sentence) => {
    const { answer, bytes } = await read(path, { Accept: "text/html" });
    expect(answer.status).toBe(status);
    expect(new TextDecoder().decode(bytes)).toContain(sentence);
  });

  it("takes no form of a training that cannot be", async () => {
    const answer = await films.app.request("/train", {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: "models=svd&folds=1&seed=1&margin=0",
    });
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain("folds:");
  });
});

it("shows which stores are out of reach instead of failing", async () => {
  const lost = await openService();
  await importFilms(lost);
  await lost.app.request("/");
  await lost.tamis.close();
  const answer = await lost.app.request("/");
  const html = await answer.text();
  expect(answer.status).toBe(200);
  expect(html).toContain("Service not ready");
  expect(html).toContain("The data cannot be read now.");
});
