import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { cleanEnvironment, tamisCommandLine } from "./testing/spawn-tamis.ts";
import { outputMatches, transcriptSteps } from "./testing/transcript.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "tamis-transcripts-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const bin = join(scratch, "bin");
mkdirSync(bin);
writeFileSync(join(bin, "tamis"), `#!/bin/sh\nexec ${tamisCommandLine.map(quote).join(" ")} "$@"\n`, {
  mode: 0o755,
});

describe.each(markdownFiles())("the commands shown in %s", (file) => {
  const steps = transcriptSteps(readFileSync(join(root, file), "utf8"));
  const cwd = join(scratch, file.replaceAll("/", "-"));
  mkdirSync(cwd);

  it.each(steps.map((step) => [`${file}:${step.line}`, step] as const))(
    "%s prints what it says",
    async (_, step) => {
      const { code, stdout, stderr } = await shell(step.command, cwd);
      const printed = code === 0 ? stdout : stdout + stderr;
      if (!outputMatches(step.output, printed)) expect(printed, step.command).toBe(`${step.output}\n`);
    },
  );
});

it("has something to replay", () => {
  expect(markdownFiles()).toContain("packages/cli/README.md");
});

/** The Markdown files that show at least one command, relative to the root. */
function markdownFiles(): string[] {
  const folders = ["docs", "packages", "examples"].filter((folder) => existsSync(join(root, folder)));
  const found = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".md") && !/(?:^|[/\\])(?:node_modules|dist)[/\\]/.test(path))
      .map((path) => join(folder, path)),
  );
  return ["README.md", ...found]
    .filter((file) => existsSync(join(root, file)))
    .filter((file) => transcriptSteps(readFileSync(join(root, file), "utf8")).length > 0)
    .map((file) => relative(root, join(root, file)))
    .sort();
}

async function shell(command: string, cwd: string) {
  const child = spawn("sh", ["-c", command], {
    cwd,
    env: { ...cleanEnvironment(), PATH: `${bin}${delimiter}${process.env.PATH}` },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk;
  });
  const [code] = await once(child, "close");
  return { code: code as number | null, stdout, stderr };
}

function quote(argument: string): string {
  return `'${argument.replaceAll("'", "'\\''")}'`;
}
