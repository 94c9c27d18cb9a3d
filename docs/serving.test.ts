import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { startTamis } from "../packages/cli/src/testing/spawn-tamis.ts";

/** The commands of serving.md, in order, against a service; what a block shows after it, is what they print. */
const absent = spawnSync("curl", ["--version"]).status === 0 ? "" : ": there is no curl";
const fence = /^```(\w+)\n([\s\S]*?)^```$/gm;
const main = resolve(import.meta.dirname, "../packages/cli/src/main.ts");

interface Block {
  readonly commands: string;
  readonly shown: string;
}

function documentedBlocks(): Block[] {
  const fences = [...readFileSync(join(import.meta.dirname, "serving.md"), "utf8").matchAll(fence)];
  return fences.flatMap(([, language, commands = ""], place) => {
    const [, next, shown = ""] = fences[place + 1] ?? [];
    return language === "sh" ? [{ commands, shown: next === "sh" ? "" : shown }] : [];
  });
}

const withoutBlanks = (text: string) => text.replace(/\s+/g, "");

/** What is shown, but for its blanks; `…` stands for any text. */
function pattern(shown: string): RegExp {
  const literals = withoutBlanks(shown)
    .split("…")
    .map((part) => part.replace(/[^\w\s]/g, "\\$&"));
  return new RegExp(`^${literals.join("[\\s\\S]+?")}$`);
}

it.skipIf(absent)(
  `serving.md, from a generated data set to the figures of the log${absent}`,
  async () => {
    const cwd = mkdtempSync(join(tmpdir(), "tamis-serving-"));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
    const [first, ...blocks] = documentedBlocks();
    const run = async (commands: string) => {
      const script = `set -e
        tamis() { ${JSON.stringify(process.execPath)} --conditions=@tamis/source --import ${import.meta.resolve("tsx")} ${JSON.stringify(main)} "$@"; }
        ${commands}`;
      return (await promisify(execFile)("/bin/sh", ["-c", script], { cwd })).stdout.trim();
    };
    expect(first?.commands).toMatch(/^tamis serve$/m);
    await run(first!.commands.replace(/^tamis serve$/m, ""));

    const serving = startTamis(["serve", "--port", "0"], { cwd });
    onTestFinished(() => void serving.child.kill("SIGKILL"));
    const { 0: url } = /http:\/\/127\.0\.0\.1:\d+/.exec(await serving.stderrMatching(/listens on .*\n/))!;
    expect(blocks.length).toBeGreaterThan(6);
    for (const { commands, shown } of blocks) {
      const printed = await run(commands.replaceAll("http://localhost:8080", url));
      if (shown !== "") expect(withoutBlanks(printed)).toMatch(pattern(shown));
      else expect(printed).not.toBe("");
    }
    serving.child.kill("SIGTERM");
    const { code, stderr } = await serving.ended;
    expect(code).toBe(0);
    const order = ["records and objects are open", "requests are taken", "jobs thread works"];
    for (const message of order) expect(stderr).toContain(message);
    expect(stderr.indexOf(order[0]!)).toBeLessThan(stderr.indexOf(order[1]!));
  },
  240_000,
);
