import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Service, serve } from "../serve.ts";
import { importFilms, type OpenService, openService } from "../testing/open-service.ts";
import { tokensOf } from "../testing/tokens-of.ts";
import { launchBrowser, noBrowser, type PageOptions, withPage } from "../testing/with-browser-page.ts";

describe.skipIf(noBrowser)(`signing in, in a browser ${noBrowser ?? ""}`, () => {
  let films: OpenService;
  let service: Service;
  let browser: Browser;
  let tokens: Awaited<ReturnType<typeof tokensOf>>;

  beforeAll(async () => {
    films = await openService();
    await importFilms(films);
    tokens = await tokensOf(films.tamis);
    service = await serve(films.createApp({ requiresToken: true }), { port: 0 });
    browser = await launchBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await service?.close();
    await films?.close();
  });

  const work = (options: PageOptions, visit: (page: Page) => Promise<void>) =>
    withPage(browser, { baseURL: service.url, ...options }, visit);
  const signIn = async (page: Page, token: string) => {
    await page.getByLabel("Token").fill(token);
    await page.getByRole("button", { name: "Sign in" }).click();
  };

  it.each([true, false])(
    "leads to the page that was asked for, and out again (JavaScript: %s)",
    async (javaScriptEnabled) => {
      await work({ javaScriptEnabled, excuse: /status of 401/ }, async (page) => {
        await page.goto("/recommend?user=1&n=3");
        expect(await page.title()).toBe("Sign in · Tamis");
        await signIn(page, "hunter2-hunter2-hunter2");
        expect(await page.getByRole("alert").textContent()).toMatch(/not known/);
        await signIn(page, tokens.engineer);
        await page.waitForURL("**/recommend?*user=1*");
        expect(await page.getByText("the engineer").count()).toBe(1);
        const [cookie] = await page.context().cookies();
        expect(cookie).toMatchObject({ name: "tamis_session", httpOnly: true, sameSite: "Strict" });
        await page.getByRole("button", { name: "Sign out" }).click();
        await page.waitForURL("**/login");
        await page.goto("/");
        expect(await page.title()).toBe("Sign in · Tamis");
      });
    },
  );

  it("shows a role what it may not do as a page that says so", async () => {
    await work({ excuse: /status of 403/ }, async (page) => {
      await page.goto("/recommend");
      await signIn(page, tokens.support);
      await page.waitForURL("**/recommend");
      expect(await page.getByText("The role support may not recommendations:read").count()).toBe(1);
    });
  });

  it.each(["light", "dark"] as const)(
    "has no accessibility violation, in %s colours",
    async (colorScheme) => {
      await work({ colorScheme, viewport: { width: 320, height: 700 } }, async (page) => {
        await page.goto("/login");
        await page.evaluate(`${axe.source}; undefined`);
        const { violations } = await page.evaluate<{ violations: { id: string }[] }>("axe.run()");
        expect(violations.map(({ id }) => id)).toEqual([]);
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(320);
      });
    },
  );

  it("does not let another site post in its reader's name", async () => {
    await work({ excuse: /403|404/ }, async (page) => {
      await page.goto("/login");
      await signIn(page, tokens.engineer);
      await page.waitForURL(`${service.url}/`);
      // Another origin of this machine gets the cookie sent, too: ports do not keep cookies apart.
      const hostile = createServer((_, response) => {
        response.setHeader("Content-Type", "text/html");
        response.end(`<form method="post" action="${service.url}/logout"><button>Free films</button></form>`);
      }).listen(0, "127.0.0.1");
      await once(hostile, "listening");
      await page.goto(`http://127.0.0.1:${(hostile.address() as AddressInfo).port}/`);
      await page.getByRole("button").click();
      await page.getByText("Another site may not do this").waitFor();
      hostile.close();
      await page.goto(service.url);
      expect(await page.getByText("the engineer").count()).toBe(1);
    });
  });
});
