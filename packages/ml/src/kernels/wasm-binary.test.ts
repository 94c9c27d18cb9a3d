import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("the embedded WebAssembly is what kernels/*.ts compile to", { timeout: 120_000 }, async () => {
  const compiler = fileURLToPath(new URL("../../kernels/compile.js", import.meta.url));
  const run = promisify(execFile)(process.execPath, [compiler, "--print"], { maxBuffer: 2 ** 24 });
  const committed = await readFile(new URL("./wasm-binary.ts", import.meta.url), "utf8");
  expect((await run).stdout === committed, "run: npm run kernels -w packages/ml").toBe(true);
});
