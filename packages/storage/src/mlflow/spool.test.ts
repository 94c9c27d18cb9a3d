import { appendFile, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startModule } from "../testing/start-module.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { mountTinyDisk } from "../testing/tiny-disk.ts";
import { openSpool, type RunEntry } from "./spool.ts";

const metrics = (step: number): RunEntry => ({ at: step, call: "log_metrics", metrics: { rmse: 1 }, step });

describe("openSpool", () => {
  it("gives back what was appended and what became of it, in order", async () => {
    const folder = join(await temporaryFolder(), "mlflow");
    const spool = openSpool(folder);
    expect(await spool.list()).toEqual([]);
    for (const id of ["b", "a/../x", "a"]) await spool.append(id, metrics(1));
    await spool.append("a", metrics(2));
    await spool.append("a", { settled: 0, runId: "m" });
    expect(await spool.list()).toEqual(["a", "a/../x", "b"].sort());
    const { entries, settlements } = await openSpool(folder).read("a");
    expect(entries).toEqual([metrics(1), metrics(2)]);
    expect([...settlements.values()]).toEqual([{ settled: 0, runId: "m" }]);
    expect((await stat(join(folder, "a.jsonl"))).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).length).toBe(3);
  });

  it("passes over a line that was torn, and goes on behind it", async () => {
    const folder = await temporaryFolder();
    const spool = openSpool(folder);
    await spool.append("a", metrics(1));
    await appendFile(join(folder, "a.jsonl"), JSON.stringify(metrics(2)).slice(0, 20));
    expect((await spool.read("a")).entries).toEqual([metrics(1)]);
    await spool.append("a", metrics(3));
    expect((await spool.read("a")).entries).toEqual([metrics(1), metrics(3)]);
  });

  it("has every entry that was acknowledged before the process was killed", async () => {
    const folder = await temporaryFolder();
    const writer = startModule(`
      import { openSpool } from "${new URL("./spool.ts", import.meta.url).href}";
      const spool = openSpool(${JSON.stringify(folder)});
      for (let step = 0; ; step++) {
        const base64 = "x".repeat(200_000);
        await spool.append("a", { at: step, call: "log_artifact", path: "p", base64 });
        console.log(step);
      }`);
    let acknowledged = -1;
    while (acknowledged < 20) acknowledged = Number(await writer.nextLine());
    writer.child.kill("SIGKILL");
    await writer.exit;
    await openSpool(folder).append("a", metrics(-1));
    const { entries } = await openSpool(folder).read("a");
    expect(entries.length).toBeGreaterThanOrEqual(acknowledged + 2);
    expect(entries.slice(0, -1).map(({ at }) => at)).toEqual(entries.slice(0, -1).map((_, at) => at));
    expect(entries.at(-1)).toEqual(metrics(-1));
  });

  it("says no_space on a full disk; what was there stays, and it goes on when there is space", async ({
    skip,
  }) => {
    const folder = await temporaryFolder();
    const reason = mountTinyDisk(folder, 2);
    if (reason !== undefined) return skip(reason);
    const spool = openSpool(folder);
    await spool.append("a", metrics(1));
    const large: RunEntry = { at: 2, call: "log_artifact", path: "p", base64: "x".repeat(4_000_000) };
    await expect(spool.append("a", large)).rejects.toMatchObject({ code: "no_space" });
    const text = await readFile(join(folder, "a.jsonl"));
    await writeFile(join(folder, "a.jsonl"), text.subarray(0, 300_000)); // somebody made space
    await spool.append("a", metrics(3));
    expect((await spool.read("a")).entries).toEqual([metrics(1), metrics(3)]);
  });
});
