import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { describeS3 } from "../packages/storage/src/testing/throwaway-s3.ts";

/** The commands of the section “Objects on S3” of operations.md, as they stand there. */
function documentedCommands(): string[][] {
  const text = readFileSync(join(import.meta.dirname, "operations.md"), "utf8");
  const section = text.split("## Objects on S3")[1] ?? "";
  const block = /```sh\n([\s\S]*?)```/.exec(section)?.[1] ?? "";
  return [...block.matchAll(/^tamis (.+)$/gm)].map(([, line = ""]) => line.split(" "));
}

describeS3("operations.md on S3", (server) => {
  it("goes from an import over a training to a recommendation, also from a machine that has no copy", async () => {
    const cwd = mkdtempSync(join(tmpdir(), "tamis-operations-"));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
    const main = resolve(import.meta.dirname, "../packages/cli/src/main.ts");
    const env = { ...process.env, TAMIS_OBJECTS_URL: `s3://ratings/lake?endpoint=${server.endpoint}` };
    const tamis = async (...args: string[]) => {
      const flags = ["--conditions=@tamis/source", "--import", import.meta.resolve("tsx"), main, ...args];
      return (await promisify(execFile)(process.execPath, flags, { cwd, env })).stdout;
    };
    const said: Record<string, string> = {};
    for (const [verb = "", ...args] of documentedCommands()) said[verb] = await tamis(verb, ...args);
    expect(said.lake).toMatch(
      /^Made the bucket ratings\.\nversioning +on\nencryption \(SSE-S3\) +(requested|confirmed)/,
    );
    expect(said.recommend).toMatch(/^1 {2}.+\n/);
    expect(said.doctor).toMatch(/ok +objects[\s\S]*ok +snapshot[\s\S]*ok +champion/);
    expect(readdirSync(join(cwd, "tamis-data"))).not.toContain("lake");

    rmSync(join(cwd, "tamis-data", "cache"), { recursive: true });
    expect(await tamis("recommend", "1", "-n", "3")).toBe(said.recommend);
  }, 240_000);
});
