import { existsSync } from "node:fs";
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Service, serve } from "../serve.ts";
import { importFilms, type OpenService, openService, trainModel } from "../testing/open-service.ts";

const executablePath = process.env.TAMIS_TEST_CHROMIUM ?? "/usr/bin/chromium";
const missing = !existsSync(executablePath);
if (missing && process.env.CI === "true") throw new Error(`CI needs a browser at ${executablePath}.`);

/** What it ends in is what `evaluate` sends back, so it ends in nothing. */
const axeSource = `${axe.source}; undefined`;

describe.skipIf(missing)(
  `in a browser${missing ? ` (skipped: there is none at ${executablePath})` : ""}`,
  () => {
    let full: OpenService;
    let empty: OpenService;
    let services: Service[];
    let browser: Browser;

    beforeAll(async () => {
      full = await openService();
      await importFilms(full);
      await trainModel(full);
      empty = await openService();
      services = [await serve(full.app, { port: 0 }), await serve(empty.app, { port: 0 })];
      browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    });
    afterAll(async () => {
      await browser?.close();
      for (const service of services ?? []) await service.close();
      await full?.close();
      await empty?.close();
    });

    const address = (path: string, data: "full" | "empty" = "full") =>
      `${services[data === "full" ? 0 : 1]?.url}${path}`;

    async function withPage(options: Parameters<Browser["newPage"]>[0], work: (page: Page) => Promise<void>) {
      const page = await browser.newPage(options);
      const complaints: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error") complaints.push(message.text());
      });
      try {
        await work(page);
      } finally {
        await page.close();
      }
      expect(complaints, "what the browser complained about").toEqual([]);
    }

    const pages = [
      ["/", "full"],
      ["/", "empty"],
      ["/recommend", "full"],
      ["/recommend", "empty"],
      ["/recommend?user=1&n=10", "full"],
      ["/recommend?user=nobody&n=3", "full"],
    ] as const;

    describe.each(["light", "dark"] as const)("in %s colours", (colorScheme) => {
      it.each(pages)("%s (%s) has no accessibility violation", async (path, data) => {
        await withPage({ colorScheme }, async (page) => {
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
      await withPage({}, async (page) => {
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
        await page.waitForURL("**/recommend?user=7&n=10");
        expect(await page.locator(".ranking > li").count()).toBe(10);
      });
    });

    it("shows everything and takes a form without JavaScript", async () => {
      await withPage({ javaScriptEnabled: false }, async (page) => {
        await page.goto(address("/"));
        expect(await page.getByRole("img", { name: /^Ratings by value/ }).count()).toBe(1);
        await page.getByText("Data", { exact: true }).click();
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
      await withPage({ viewport: { width: 320, height: 700 } }, async (page) => {
        for (const [path, data] of pages) {
          await page.goto(address(path, data));
          expect(await page.evaluate("document.documentElement.scrollWidth"), path).toBeLessThanOrEqual(320);
        }
      });
    });
  },
);
