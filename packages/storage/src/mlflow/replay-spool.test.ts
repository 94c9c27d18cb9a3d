import { expect, it, onTestFinished } from "vitest";
import type { Run } from "../sql/runs.ts";
import { startFakeMlflow } from "../testing/fake-mlflow/fake-mlflow.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { mlflowClient } from "./mlflow-client.ts";
import { replaySpool } from "./replay-spool.ts";
import { runWriter } from "./run-writer.ts";
import { openSpool } from "./spool.ts";

const started = { experiment: "films", name: "svd" };
const run: Run = {
  ...{ ...started, runId: "r", status: "finished", message: "done" },
  ...{ snapshot: null, seed: null, tags: {}, codeVersion: null, host: null, parameters: {}, metrics: {} },
  startedAt: new Date(1000),
  endedAt: new Date(5000),
};

async function openBoth() {
  const server = await startFakeMlflow();
  onTestFinished(() => server.stop());
  const writer = runWriter(
    mlflowClient({ url: server.url, credentials: () => ({}), retry: { attempts: 1 } }),
  );
  return { server, writer, spool: openSpool(await temporaryFolder()) };
}

it("loses nothing that is appended while it closes a run by its record", async () => {
  const { server, writer, spool } = await openBoth();
  await spool.append("r", { at: 1000, call: "start", run: started });
  let looks = 0;
  await replaySpool(spool, writer, async () => {
    // Whoever does the run had closed its record, and now says the rest.
    if (looks++ === 0) {
      await spool.append("r", { at: 4000, call: "log_metrics", metrics: { rmse: 1 }, step: 0 });
      await spool.append("r", { at: 5000, call: "finish", status: "finished", message: "done" });
    }
    return run;
  });
  const [found] = [...server.runs.values()];
  expect(found?.metrics.size).toBe(1);
  expect(found).toMatchObject({ status: "FINISHED", endTime: 5000 });
  expect(await spool.list()).toEqual([]);
});

it("finds the run again when its beginning was sent before and the file removed", async () => {
  const { server, writer, spool } = await openBoth();
  await writer.start("r", started, run.startedAt);
  await spool.append("r", { at: 6000, call: "log_artifact", path: "late.txt", base64: "b25l" });
  expect(await replaySpool(spool, writer, async () => run)).toEqual({ sent: 2, waiting: 0, setAside: [] });
  expect(server.runs.size).toBe(1);
  expect([...server.artifacts.values()].map(String)).toEqual(["one"]);
});

it("sets a run aside whose beginning nobody knows", async () => {
  const { writer, spool } = await openBoth();
  await spool.append("lost", { at: 1, call: "finish", status: "failed" });
  const { setAside } = await replaySpool(spool, writer, async () => undefined);
  expect(setAside).toEqual([
    { file: expect.stringMatching(/lost\.refused\.jsonl$/), reason: expect.stringContaining("not known") },
  ]);
  expect(await spool.list()).toEqual([]);
});
