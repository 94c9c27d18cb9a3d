import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Running, startTamis, tamis } from "./testing/spawn-tamis.ts";

/**
 * `kill -9` on a service in the middle of a training, of a promotion, of a hot swap: what comes up again serves a whole
 * champion, goes on with the training, and agrees with its own audit.
 */
const cwd = fs.mkdtempSync(join(tmpdir(), "tamis-chaos-"));
const training = {
  models: ["svd", "normal-predictor"],
  options: { svd: { epochs: 10 } },
  folds: 2,
  force: true,
};
let service: Running;
let url: string;

beforeAll(async () => {
  const data = ["--ratings", "40000", "--users", "400", "--items", "800", "--out", "films"];
  await tamis(["generate", ...data], { cwd });
  await tamis(["import", "movielens", "films"], { cwd });
  await tamis(["train", "--models", "normal-predictor", "--folds", "2"], { cwd });
  await start();
}, 120_000);

afterAll(async () => {
  service.child.kill("SIGKILL");
  await service.ended;
  fs.rmSync(cwd, { recursive: true });
});

/** Asks the service; a body makes it a POST. */
async function call<Answer>(url: string, path: string, body?: object): Promise<Answer> {
  const headers = { "Content-Type": "application/json" };
  const post = body && { method: "POST", headers, body: JSON.stringify(body) };
  const response = await fetch(new URL(path, url), post);
  expect(response.status, path).toBe(200);
  return (await response.json()) as Answer;
}

async function start(): Promise<void> {
  service = startTamis(["serve", "--port", "0"], { cwd });
  const said = await service.stderrMatching(/listens on (\S+) /);
  url = /listens on (\S+) /.exec(said)![1]!;
}

async function killAndStart(): Promise<void> {
  service.child.kill("SIGKILL");
  await service.ended;
  await start();
}

interface Models {
  readonly versions: readonly { readonly version: number; readonly aliases: readonly string[] }[];
}

async function champion(): Promise<number> {
  const { versions } = await call<Models>(url, "/api/models");
  const champions = versions.filter(({ aliases }) => aliases.includes("champion"));
  expect(champions).toHaveLength(1);
  return champions[0]!.version;
}

/** The version that answers, once it is the champion: a swap takes a second or two. */
async function servedVersion(): Promise<number> {
  const wanted = await champion();
  for (let look = 0; ; look++) {
    const { model_version } = await call<{ model_version: number }>(url, "/predict/", { user_id: 1 });
    if (model_version === wanted || look === 100) return model_version;
    await wait(100);
  }
}

async function trainingIsOver(): Promise<string> {
  for (;;) {
    const { status, message } = await call<{ status: string; message: string }>(url, "/training/status");
    // Its worker was killed: until the lease is over nobody goes on with it.
    if (status === "completed") return message;
    if (status === "error" && !message.includes("fallen silent")) return message;
    await wait(200);
  }
}

/** In milliseconds after the start of a training: in the folds, in the last fit, about its promotion and the swap. */
it.each([100, 700, 1500])(
  "a service killed %i ms into a training serves on, and the training is done once",
  async (ms) => {
    const before = await champion();
    await call(url, "/training/", training);
    await wait(ms);
    await killAndStart();
    expect(await servedVersion()).toBe(await champion());
    expect(await trainingIsOver()).toMatch(/^promoted/);
    const after = await champion();
    expect(after).toBeGreaterThan(before);
    expect(await servedVersion()).toBe(after);
  },
  180_000,
);

it("a service killed at the moment of a promotion serves the old champion or the new one, whole", async () => {
  for (let round = 0; round < 2; round++) {
    const before = await champion();
    await call(url, "/training/", training);
    while ((await champion()) === before) await wait(5);
    await killAndStart();
    expect(await servedVersion()).toBeGreaterThan(before);
    expect(await trainingIsOver()).toMatch(/^promoted/);
  }
  const { stdout } = await tamis(["audit", "--action", "model.promote", "--json"], { cwd });
  const promoted = JSON.parse(stdout).entries.map(
    ({ details }: { details: { version: number } }) => details.version,
  );
  expect(promoted[0]).toBe(await champion());
}, 300_000);
