import { listRuns } from "@tamis/storage";
import axe from "axe-core";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Service, serve } from "../serve.ts";
import { addDriftReport } from "../testing/add-drift-report.ts";
import { importFilms, type OpenService, openService, trainModel } from "../testing/open-service.ts";
import { launchBrowser, noBrowser, withPage } from "../testing/with-browser-page.ts";

/** What it ends in is what `evaluate` sends back, so it ends in nothing. */
const axeSource = `${axe.source}; undefined`;

describe.skipIf(noBrowser)(`in a browser ${noBrowser ?? ""}`, () => {
  let full: OpenService;
  let empty: OpenService;
  let services: Service[];
  let browser: Browser;
  let runs: string[];

  beforeAll(async () => {
    full = await openService();
    await importFilms(full);
    await trainModel(full);
    await trainModel(full, 43, ["svd", "ease"]);
    await addDriftReport(full);
    runs = (await listRuns(full.tamis.records)).runs.map(({ runId }) => runId);
    empty = await openService();
    services = [await serve(full.app, { port: 0 }), await serve(empty.app, { port: 0 })];
    browser = await launchBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    for (const service of services ?? []) await service.close();
    await full?.close();
    await empty?.close();
  });

  const address = (path: string, data: "full" | "empty" = "full") =>
    `${services[data === "full" ? 0 : 1]?.url}${path.replace("RUN", runs[0] ?? "").replace("OTHER", runs[1] ?? "")}`;

  const pages = [
    ["/", "full"],
    ["/", "empty"],
    ["/recommend", "full"],
    ["/recommend", "empty"],
    ["/recommend?user=1&n=10", "full"],
    ["/recommend?user=nobody&n=3", "full"],
    ["/recommend?user=7&n=5&with=1&item=3", "full"],
    ["/recommend?rate=3:5&rate=9:1", "full"],
    ["/train", "full"],
    ["/train", "empty"],
    ["/runs", "full"],
    ["/runs", "empty"],
    ["/runs?status=failed", "full"],
    ["/runs/RUN", "full"],
    ["/runs/compare?run=RUN&run=OTHER", "full"],
    ["/models", "full"],
    ["/models", "empty"],
    ["/models/roll-back?role=champion", "full"],
    ["/monitoring", "full"],
    ["/monitoring", "empty"],
  ] as const;

  describe.each(["light", "dark"] as const)("in %s colours", (colorScheme) => {
    it.each(pages)("%s (%s) has no accessibility violation", async (path, data) => {
      await withPage(browser, { colorScheme }, async (page) => {
        await page.goto(address(path, data));
        await page.evaluate(axeSource);
        const { violations, passes } = await page.evaluate<{
          violations: { id: string; impact: string; nodes: { html: string }[] }[];
          passes: unknown[];
        }>("axe.run()");
        expect(passes.length).toBeGreaterThan(10);
        expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      });
    });
  });

  it("leads a keyboard from the first Tab to a list of recommendations", async () => {
    await withPage(browser, {}, async (page) => {
      const focused = () =>
        page.evaluate<string>("document.activeElement.textContent.trim() || document.activeElement.id");
      async function tabTo(name: string) {
        for (let presses = 0; presses < 12; presses++) {
          await page.keyboard.press("Tab");
          if ((await focused()) === name) return;
        }
        throw new Error(`Tab does not reach “${name}”.`);
      }
      await page.goto(address("/"));
      await page.keyboard.press("Tab");
      expect(await focused()).toBe("Skip to the content");
      await page.keyboard.press("Enter");
      expect(page.url()).toMatch(/#main$/);
      await page.goto(address("/"));
      await tabTo("Recommend");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/recommend");
      await tabTo("user");
      await page.keyboard.type("7");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/recommend?user=7&n=10&with=");
      expect(await page.locator(".ranking > li").count()).toBe(10);
    });
  });

  it("shows everything and takes a form without JavaScript", async () => {
    await withPage(browser, { javaScriptEnabled: false }, async (page) => {
      await page.goto(address("/"));
      expect(await page.getByRole("img", { name: /^Ratings by value/ }).count()).toBe(1);
      await page.getByText("Data of Ratings by value").click();
      expect(await page.locator(".data-table tbody tr:visible").count()).toBeGreaterThan(5);
      await page.goto(address("/recommend"));
      await page.getByLabel("User id").fill("1");
      await page.getByLabel("How many").fill("3");
      await page.getByRole("button", { name: "Recommend" }).click();
      expect(await page.title()).toBe("Recommendations for user 1 · Tamis");
      expect(await page.locator(".ranking > li").count()).toBe(3);
    });
  });

  it("fits a narrow screen without scrolling sideways", async () => {
    await withPage(browser, { viewport: { width: 320, height: 700 } }, async (page) => {
      for (const [path, data] of pages) {
        await page.goto(address(path, data));
        expect(await page.evaluate("document.documentElement.scrollWidth"), path).toBeLessThanOrEqual(320);
      }
    });
  });
});
