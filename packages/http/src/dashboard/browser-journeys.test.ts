import { readFile } from "node:fs/promises";
import { listAudit } from "@tamis/storage";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Jobs } from "../jobs-thread.ts";
import { type Service, serve } from "../serve.ts";
import { importFilms, type OpenService, openService, trainModel } from "../testing/open-service.ts";
import { startTestJobs } from "../testing/start-jobs.ts";
import { launchBrowser, noBrowser, type PageOptions, withPage } from "../testing/with-browser-page.ts";

describe.skipIf(noBrowser)(`what people come to do, in a browser ${noBrowser ?? ""}`, () => {
  let films: OpenService;
  let jobs: Jobs;
  let service: Service;
  let browser: Browser;

  beforeAll(async () => {
    films = await openService();
    await importFilms(films);
    await trainModel(films, 42, ["svd", "normal-predictor"]);
    await trainModel(films, 43, ["svd"]);
    ({ jobs } = startTestJobs(films));
    service = await serve(films.createApp({ jobs }), { port: 0 });
    browser = await launchBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await service?.close();
    await jobs?.stop();
    await films?.close();
  });

  const work = (options: PageOptions, visit: (page: Page) => Promise<void>) =>
    withPage(browser, { baseURL: service.url, ...options }, visit);

  it("starts a training, watches it without reading the page anew, sees the verdict and tries the model", async () => {
    await work({}, async (page) => {
      await page.goto("/train");
      await page.getByLabel("normal-predictor").uncheck();
      await page.getByLabel("knn-basic").check();
      await page.getByLabel("Promote even if it is not better").check();
      await page.getByRole("button", { name: "Start" }).click();
      await page.waitForURL("**/train?run=*");
      await page.getByRole("heading", { name: "Last training" }).waitFor({ timeout: 60_000 });
      expect(await page.locator("[data-job-standing]").textContent()).toMatch(/promoted.*RMSE 0\.\d{4}/);
      await page.getByRole("link", { name: "The run with all its figures" }).click();
      expect(await page.getByRole("img", { name: /^RMSE by algorithm/ }).count()).toBe(1);
      await page.getByRole("link", { name: "Recommend", exact: true }).click();
      await page.getByLabel("User id").fill("7");
      await page.getByRole("button", { name: "Recommend" }).click();
      await page.getByText("which serves now").waitFor();
      expect(await page.locator(".ranking > li").count()).toBe(10);
    });
  }, 90_000);

  it("shows the job that runs to who starts a second one, and cancels it, without JavaScript", async () => {
    await work({ javaScriptEnabled: false }, async (page) => {
      const start = async () => {
        await page.goto("/train");
        for (const name of ["svd-plus-plus", "knn-basic", "nmf", "bpr"])
          await page.getByLabel(name, { exact: true }).check();
        await page.getByLabel("Folds").fill("20");
        return page.getByRole("button", { name: "Start" });
      };
      const second = await browser.newPage({ baseURL: service.url });
      await second.goto("/train");
      await (await start()).click();
      expect(await page.locator('meta[http-equiv="refresh"]').count()).toBe(1);
      const [answer] = await Promise.all([
        second.waitForResponse((response) => response.request().method() === "POST"),
        second.getByRole("button", { name: "Start" }).click(),
      ]);
      expect(answer.status()).toBe(409);
      expect(await second.getByRole("alert").textContent()).toMatch(/“training”/);
      await second.close();
      await page.getByRole("button", { name: "Cancel" }).click();
      await expect
        .poll(
          async () => {
            await page.reload();
            return page.locator("#job ~ p .status").textContent();
          },
          { timeout: 30_000 },
        )
        .toBe("cancelled");
    });
  }, 90_000);

  it("finds runs by filter and order, compares two and takes them away", async () => {
    await work({}, async (page) => {
      await page.goto("/runs");
      await page.getByLabel("Metric", { exact: true }).selectOption("best_rmse");
      await page.getByRole("button", { name: "Filter" }).click();
      await page.getByRole("link", { name: "Best RMSE" }).click();
      await page.getByRole("link", { name: "Best RMSE" }).click();
      expect(page.url()).toMatch(/metric=best_rmse&sort=best_rmse&order=ascending/);
      const column = await page.locator("tbody tr td:nth-child(6)").allTextContents();
      expect(column).toEqual([...column].sort());
      expect(column.length).toBeGreaterThan(1);
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name: "CSV" }).click(),
      ]);
      const lines = (await readFile(await download.path(), "utf8")).trim().split("\r\n");
      expect(lines).toHaveLength(column.length + 1);
      for (const index of [0, 1]) await page.getByRole("checkbox").nth(index).check();
      await page.getByRole("button", { name: "Compare the chosen" }).click();
      expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Compare 2 runs");
      expect(await page.locator("#folds .finding").textContent()).toMatch(
        /Run 1 is best with 0\.\d{4}; lower/,
      );
    });
  });

  it("rolls the champion back after a question, and the audit tells", async () => {
    await work({ javaScriptEnabled: false }, async (page) => {
      await page.goto("/models");
      await page.getByRole("link", { name: /Roll the champion back to version/ }).click();
      await page.getByRole("button", { name: /Roll back to version/ }).click();
      await page.waitForURL("**/models?done=champion");
      expect(await page.getByRole("status").textContent()).toMatch(/^The champion is version \d+ now/);
      expect(await page.locator(".timeline > li").first().textContent()).toMatch(
        /rolled back from version \d+ to/,
      );
    });
    const { entries } = await listAudit(films.tamis.records, { action: "model.roll_back" });
    expect(entries.map(({ actor, outcome }) => [actor, outcome])).toEqual([["loopback", "done"]]);
  });

  it("takes five ratings of somebody new, kept in the address alone, without JavaScript", async () => {
    await work({ javaScriptEnabled: false }, async (page) => {
      await page.goto("/recommend?new=1");
      for (let rated = 1; rated <= 5; rated++) {
        await page
          .getByRole("button", { name: /^Rate / })
          .first()
          .click();
        expect(await page.getByRole("list", { name: "Rated" }).getByRole("listitem").count()).toBe(rated);
      }
      expect(new URL(page.url()).searchParams.getAll("rate")).toHaveLength(5);
      expect(await page.getByRole("heading", { name: "The best 10 for somebody new" }).count()).toBe(1);
      await page
        .getByRole("link", { name: /^Similar to / })
        .first()
        .click();
      expect(await page.getByRole("heading", { name: /^Similar to / }).count()).toBe(1);
    });
  });

  it("makes a chart live on the first intent: arrow keys read it out, series and PNG are buttons", async () => {
    await work({ acceptDownloads: true }, async (page) => {
      const loaded: string[] = [];
      page.on("response", (response) => loaded.push(new URL(response.url()).pathname));
      await page.goto("/");
      expect(loaded.filter((path) => path.includes("chart-client"))).toEqual([]);
      const figure = page.locator("#ratings");
      await figure.locator(".plot").focus();
      await page.keyboard.press("ArrowRight");
      const said = figure.locator("[aria-live]");
      await expect.poll(() => said.textContent()).toMatch(/^Rating 0\.5: Ratings \d+ ratings\.$/);
      await page.keyboard.press("End");
      await expect.poll(() => said.textContent()).toMatch(/^Rating 5:/);
      expect(await figure.locator("canvas").count()).toBe(1);
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        figure.getByRole("button", { name: "PNG of Ratings by value" }).click(),
      ]);
      const png = await readFile(await download.path());
      expect(png.subarray(1, 4).toString()).toBe("PNG");
      expect(png.length).toBeGreaterThan(5_000);
    });
  });

  it("says so when the service is gone, and when it is back", async () => {
    const excuse = /status of 503/; // of the browser, about what this test makes
    await work({ excuse }, async (page) => {
      await page.clock.install();
      await page.goto("/");
      await page.route("**/livez", (route) => route.fulfill({ status: 503 }));
      await page.clock.runFor(16_000);
      await page.getByText("The service does not answer").waitFor();
      await page.unroute("**/livez");
      await page.clock.runFor(16_000);
      await page.getByText("Service ready").waitFor();
    });
  });
});
