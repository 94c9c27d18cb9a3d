import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const sources = dirname(fileURLToPath(import.meta.url));
const files = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter(
  (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
);

/** A source file without its comments, which may speak of imports. */
const code = (file: string) =>
  readFileSync(join(sources, file), "utf8").replace(/\/\*[\s\S]*?\*\/|(?<![:"])\/\/.*$/gm, "");

/** What a file imports or re-exports, `import type` and `import()` included. */
const imports = (file: string) =>
  [...code(file).matchAll(/\b(?:from|import)\s*\(?\s*["'`]([^"'`]+)["'`]/g)].map((found) => found[1]!);

it("core imports zod, its own files and nothing else", () => {
  const outside = files.flatMap(imports).filter((name) => !name.startsWith("./") && !name.startsWith("../"));
  expect([...new Set(outside)]).toEqual(["zod"]);
});

it("no import leaves the folder of core's sources", () => {
  for (const file of files)
    for (const name of imports(file).filter((each) => each.startsWith(".")))
      expect(join(sources, dirname(file), name).startsWith(sources), `${file} imports ${name}`).toBe(true);
});

it("every source file is reached from index.ts, so the walk above saw what is published", () => {
  const reached = new Set<string>();
  const visit = (file: string) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const name of imports(file).filter((each) => each.startsWith("."))) visit(join(dirname(file), name));
  };
  visit("index.ts");
  expect([...reached].sort()).toEqual([...files].sort());
});

it("core uses no global that only Node has", () => {
  const nodeOnly = /\b(?:process\.|Buffer\b|require\(|__dirname|__filename|setImmediate|global\.)/;
  expect(files.filter((file) => nodeOnly.test(code(file)))).toEqual([]);
});
