import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { callTamis, callTamisJson } from "./testing/call-tamis.ts";
import { cleanEnvironment, startTamis, tamisCommandLine } from "./testing/spawn-tamis.ts";

const sources = new URL("../../", import.meta.url).href;
let cwd: string;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "tamis-killed-"));
  const sizes = ["--ratings", "3000", "--users", "60", "--items", "90"];
  await callTamis(["generate", ...sizes, "--out", "films"], { cwd });
  await callTamis(["import", "movielens", "films"], { cwd });
  await callTamisJson(["train", "--models", "baseline-only", "--folds", "2"], { cwd });
}, 60_000);
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

interface RunDocument {
  readonly run_id: string;
  readonly status: string;
  readonly message: string | null;
}

const json = <Document>(...args: string[]) => callTamisJson<Document>(args, { cwd });
const latestRun = async () => (await json<{ runs: RunDocument[] }>("runs", "list", "--limit", "1")).runs[0]!;
const models = () =>
  json<{ champion: number; versions: { version: number; aliases: string[] }[] }>("models", "list");
const history = async () =>
  (await json<{ history: { action: string; version: number | null }[] }>("models", "history")).history;

/** The killed run is told as failed by the next training, which works and promotes nothing that was not finished. */
async function nextTrainingWorks(killed: RunDocument, force: boolean): Promise<void> {
  const args = ["train", "--models", "baseline-only", "--folds", "2", ...(force ? ["--force"] : [])];
  expect(await callTamis(args, { cwd })).toMatchObject({ code: force ? 0 : 6 });
  expect(await json("runs", "show", killed.run_id)).toMatchObject({
    status: "failed",
    message: "The process that ran it ended without closing the run.",
  });
}

it("killed while it trains, leaves the champion; its run is failed when the next one begins", async () => {
  const options = JSON.stringify({ svd: { epochs: 1_000_000 } });
  const training = startTamis(["train", "--models", "svd", "--options", options, "--force"], { cwd });
  while ((await latestRun()).status !== "running") await wait(50);
  await wait(200);
  training.child.kill("SIGKILL");
  expect(await training.ended).toMatchObject({ signal: "SIGKILL" });
  const killed = await latestRun();
  expect(killed.status).toBe("running"); // nobody could tell yet
  expect(await models()).toMatchObject({ champion: 1, versions: [{ version: 1 }] });
  await nextTrainingWorks(killed, false);
  expect((await history()).map(({ action }) => action)).toEqual(["refuse", "promote"]);
}, 120_000);

/** Trains with the real stores, and kills its own process at the call of a member of the catalog. */
async function trainAndDieAt(member: "add" | "promote"): Promise<void> {
  const file = join(cwd, "die.mjs");
  writeFileSync(
    file,
    `import { trainSnapshot } from "${sources}ml/src/index.ts";
    import { openTamis, trainingPorts } from "${sources}storage/src/index.ts";
    const ports = trainingPorts(await openTamis({ dataDir: "tamis-data" }));
    const die = async () => { process.kill(process.pid, "SIGKILL"); await new Promise(() => {}); };
    const catalog = { ...ports.catalog, ${member}: die };
    await trainSnapshot({ ...ports, catalog }, { models: ["baseline-only"], folds: 2, force: true });`,
  );
  const [program, ...flags] = tamisCommandLine.slice(0, -1);
  const child = spawn(program!, [...flags, file], { cwd, env: cleanEnvironment(), stdio: "inherit" });
  const [, signal] = await once(child, "close");
  expect(signal).toBe("SIGKILL");
}

it.each(["add", "promote"] as const)(
  "killed between its file and the catalog's %s, leaves the champion, and audit and alias agree",
  async (member) => {
    const before = await models();
    const decisions = await history();
    await trainAndDieAt(member);
    const after = await models();
    expect(after.champion).toBe(before.champion);
    expect(await history()).toEqual(decisions);
    // The version was added, and nobody calls for it.
    const added = member === "promote" ? 1 : 0;
    expect(after.versions).toHaveLength(before.versions.length + added);
    if (added) expect(after.versions[0]!.aliases).toEqual([]);
    await nextTrainingWorks(await latestRun(), true);
    const { champion } = await models();
    expect(champion).toBe(before.champion + added + 1);
    expect((await history())[0]).toMatchObject({ action: "promote", version: champion });
  },
  120_000,
);
