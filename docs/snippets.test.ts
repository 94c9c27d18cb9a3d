import { execFile } from "node:child_process";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";

/**
 * The TypeScript in our documents is true. Every fenced `ts` block of the READMEs and of `docs/*.md` is
 * type-checked, then executed on the sources, each in a fresh folder, and prints what the document shows:
 *
 * - the values of its `expression; // => value` and `const name = expression; // => value` lines, in order;
 * - without such a line, the `text` block that comes next; without that, nothing.
 *
 * Values are shown as `console.log` prints them, on one line. `…` stands for any text (a duration, a folder).
 * `ts no-run` is only type-checked. A fence with a file name (`csv ratings.csv`) puts that file beside the blocks
 * that follow it.
 */
interface Snippet {
  readonly place: string;
  readonly code: string;
  readonly run: boolean;
  readonly expected: string;
  readonly files: Readonly<Record<string, string>>;
}

const repository = resolve(import.meta.dirname, "..");
const fence = /^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm;
const shown = /^(?:const (\w+) = )?(.+?);? *\/\/ => (.+)$/gm;

const documents = [
  "README.md",
  ...fs.readdirSync(join(repository, "packages")).map((name) => `packages/${name}/README.md`),
  ...fs.readdirSync(join(repository, "docs")).map((name) => `docs/${name}`),
].filter((path) => path.endsWith(".md") && fs.existsSync(join(repository, path)));
const snippets = documents.flatMap(snippetsOf).map((snippet, number) => ({ ...snippet, number }));

function snippetsOf(document: string): Snippet[] {
  const text = fs.readFileSync(join(repository, document), "utf8");
  const fences = [...text.matchAll(fence)];
  const found: Snippet[] = [];
  let files: Snippet["files"] = {};
  for (const [position, { 1: language, 2: info = "", 3: code = "", index }] of fences.entries()) {
    if (language === "ts") {
      const place = `${document}:${text.slice(0, index).split("\n").length}`;
      const values = [...code.matchAll(shown)].map((line) => line[3]);
      const next = fences[position + 1];
      const output = next?.[1] === "text" && !next[2] ? next[3]! : "";
      const expected = values.length > 0 ? values.join("\n") : output.trimEnd();
      found.push({ place, code, run: info !== "no-run", expected, files });
    } else if (info.includes(".")) files = { ...files, [info]: code };
  }
  return found;
}

/** The snippet with its shown lines printed. What is added comes last, so that line numbers stay. */
function printing(code: string): string {
  const body = code.replace(shown, (line, name: string | undefined, expression: string) => {
    if (name !== undefined) return `const ${name} = ${expression}; __show(${name});`;
    return expression.startsWith("console.log(") ? line : `__show(${expression});`;
  });
  return `${body}
import { inspect as __inspect } from "node:util";
function __show(value: unknown) {
  console.log(typeof value === "string" ? value : __inspect(value, { breakLength: Infinity }));
}`;
}

/** The printed lines; one that fits the `…` of its expected line is replaced by it. */
function fillIn(printed: string, expected: readonly string[]): string[] {
  return printed
    .trimEnd()
    .split("\n")
    .map((line, at) => {
      const literals = (expected[at] ?? "").split("…").map((part) => part.replace(/[^\w\s]/g, "\\$&"));
      return literals.length > 1 && new RegExp(`^${literals.join(".+")}$`).test(line)
        ? expected[at]!
        : line.trimEnd();
    });
}

const node = (flags: string[], options: { cwd: string; env?: NodeJS.ProcessEnv }) =>
  promisify(execFile)(process.execPath, flags, { ...options, encoding: "utf8" });
let root = "";

beforeAll(() => {
  root = fs.mkdtempSync(join(tmpdir(), "tamis-snippets-"));
  fs.symlinkSync(join(repository, "node_modules"), join(root, "node_modules"), "junction");
  const settings = { extends: join(repository, "tsconfig.json"), include: ["*/snippet.mts"] };
  fs.writeFileSync(join(root, "tsconfig.json"), JSON.stringify(settings));
  for (const { number, code, files } of snippets) {
    fs.mkdirSync(join(root, `${number}`));
    for (const [name, content] of Object.entries({ ...files, "snippet.mts": printing(code) }))
      fs.writeFileSync(join(root, `${number}`, name), content);
  }
});

afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

it("every snippet type-checks", async () => {
  const compiler = join(repository, "node_modules/typescript/bin/tsc");
  const { stdout } = await node([compiler, "-p", "."], { cwd: root }).catch((failure) => failure);
  const errors = `${stdout}`.split("\n").filter((line) => /^(\d+\/|error)/.test(line)); // the sources' own: npm run types
  expect(
    errors.map((line) => line.replace(/^\d+/, (number) => `${snippets[Number(number)]?.place} `)),
  ).toEqual([]);
});

it.each(snippets.filter(({ run }) => run))("$place prints what it shows", async ({ number, expected }) => {
  const env = { ...process.env, NO_COLOR: "1", TSX_TSCONFIG_PATH: join(repository, "tsconfig.json") };
  const flags = ["--conditions=@tamis/source", "--import", "tsx", "snippet.mts"];
  const { stdout } = await node(flags, { cwd: join(root, `${number}`), env });
  expect(fillIn(stdout, expected.split("\n"))).toEqual(expected.split("\n"));
});
