import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createLog, type LogRecord } from "@tamis/core";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { startJobs } from "./jobs-thread.ts";
import { type OpenService, openService } from "./testing/open-service.ts";

let service: OpenService;
beforeAll(async () => {
  service = await openService();
});
afterAll(() => service.close());

it("is started again when it crashes, which the log and /readyz say, and works when it can", async () => {
  const logged: LogRecord[] = [];
  const log = createLog({ sinks: [{ write: (record) => void logged.push(record) }] });
  const dataDir = join(service.folder, "elsewhere");
  await writeFile(dataDir, "a file where the folder should be");
  const jobs = startJobs({ stores: { dataDir }, log });
  const app = service.createApp({ jobs });
  const readiness = async () => {
    const answer = await app.request("/readyz");
    const { checks } = (await answer.json()) as { checks: { jobs: { status: string; crashes: number } } };
    return { answered: answer.status, ...checks.jobs };
  };
  await vi.waitFor(() => expect(jobs.health()).toMatchObject({ status: "crashed" }), { timeout: 60_000 });
  const { message, fields } = logged.find(({ message }) => message === "jobs thread failed")!;
  expect({ message, fields }).toMatchObject({ fields: { error: { code: "configuration" } } });
  expect(await readiness()).toMatchObject({ answered: 200, crashes: expect.any(Number) });

  await rm(dataDir);
  await vi.waitFor(() => expect(jobs.health().status).toBe("working"), { timeout: 60_000 });
  const { crashes } = jobs.health();
  expect(crashes).toBeGreaterThan(0);
  expect(await readiness()).toMatchObject({ answered: 200, crashes });
  await jobs.stop();
  expect(jobs.health().crashes).toBe(crashes);
}, 150_000);

it("stops at once also while it waits to be started again", async () => {
  const dataDir = join(service.folder, "blocked");
  await writeFile(dataDir, "");
  const jobs = startJobs({ stores: { dataDir } });
  await vi.waitFor(() => expect(jobs.health().status).toBe("crashed"), { timeout: 60_000 });
  await jobs.stop();
  const { crashes } = jobs.health();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(jobs.health().crashes).toBe(crashes);
}, 90_000);
