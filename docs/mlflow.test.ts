import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { startFakeMlflow } from "../packages/storage/src/testing/fake-mlflow/fake-mlflow.ts";

/** The commands of the first shell block of mlflow.md, as they stand there. */
function documentedCommands(): string[][] {
  const text = readFileSync(join(import.meta.dirname, "mlflow.md"), "utf8");
  const block = /```sh\n([\s\S]*?)```/.exec(text)?.[1] ?? "";
  return [...block.matchAll(/^tamis (.+)$/gm)].map(([, line = ""]) => line.split(" "));
}

it("mlflow.md tells a server of the training, its model and its champion", async () => {
  const server = await startFakeMlflow();
  onTestFinished(() => server.stop());
  const cwd = mkdtempSync(join(tmpdir(), "tamis-mlflow-"));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const main = resolve(import.meta.dirname, "../packages/cli/src/main.ts");
  const env = { ...process.env, TAMIS_MLFLOW_URL: server.url };
  const tamis = async (...args: string[]) => {
    const flags = ["--conditions=@tamis/source", "--import", import.meta.resolve("tsx"), main, ...args];
    return (await promisify(execFile)(process.execPath, flags, { cwd, env })).stdout;
  };
  await tamis("generate", "--ratings", "2000", "--users", "50", "--items", "60", "--out", "ml-latest-small");
  const said: string[] = [];
  for (const args of documentedCommands()) said.push(await tamis(...args));
  expect(said.at(-2)).toMatch(/0 runs sent, 1 were there\nBest_Film_Recommender: 0 versions added/);
  expect(said.at(-1)).toBe("0 sent, 0 waiting\n");
  expect([...server.runs.values()]).toMatchObject([{ status: "FINISHED" }]);
  expect(Object.fromEntries(server.models.get("Best_Film_Recommender")!.aliases)).toEqual({ champion: "1" });
  expect(readdirSync(join(cwd, "tamis-data", "mlflow"))).toEqual([]);
}, 120_000);
