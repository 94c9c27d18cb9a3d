import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { localFile } from "./local-file.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tamis-local-file-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("says what a path is when it is no file", async () => {
  await expect(localFile(join(folder, "none.csv"))).rejects.toMatchObject({ code: "not_found" });
  await expect(localFile(folder)).rejects.toThrow(/is not a file. A folder .* tamis import movielens/);
});

it.skipIf(process.platform === "win32")("refuses what can be read only once", async () => {
  await expect(localFile("/dev/null")).rejects.toThrow("save it to a file first");
});

it.skipIf(process.platform !== "linux")("says that a file cannot be read, when reading fails", async () => {
  // Its first page is never mapped: a regular file whose reading fails, for root as well.
  const file = await localFile("/proc/self/mem");
  const reading = (async () => {
    for await (const chunk of file.open()) expect(chunk).toBeUndefined();
  })();
  await expect(reading).rejects.toMatchObject({
    code: "data_load",
    message: expect.stringMatching(/^\/proc\/self\/mem cannot be read: E/),
  });
});
