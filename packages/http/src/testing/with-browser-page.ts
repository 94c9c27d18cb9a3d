import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { expect } from "vitest";

const executablePath = process.env.TAMIS_TEST_CHROMIUM ?? "/usr/bin/chromium";

/** Why there is no browser to test with, `undefined` when there is one. CI must have one. */
export const noBrowser = existsSync(executablePath)
  ? undefined
  : `skipped: there is none at ${executablePath}`;
if (noBrowser && process.env.CI === "true") throw new Error(`CI needs a browser at ${executablePath}.`);

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

export type PageOptions = Parameters<Browser["newPage"]>[0] & {
  /** What the browser may complain about, because the test makes it. */
  readonly excuse?: RegExp;
};

/** Opens a page, works with it, and fails when the browser complained: errors of scripts, of loading, of the policy. */
export async function withPage(
  browser: Browser,
  { excuse, ...options }: PageOptions,
  work: (page: Page) => Promise<void>,
): Promise<void> {
  const page = await browser.newPage(options);
  const complaints: string[] = [];
  const complain = (text: string) => {
    if (!excuse?.test(text)) complaints.push(text);
  };
  page.on("console", (message) => {
    if (message.type() === "error") complain(message.text());
  });
  page.on("pageerror", (error) => complain(String(error)));
  try {
    await work(page);
  } finally {
    await page.close();
  }
  expect(complaints, "what the browser complained about").toEqual([]);
}
