import { execFile } from "node:child_process";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const read = (name: string) => fs.readFileSync(join(import.meta.dirname, name), "utf8");

it("prints the same three films on every machine", async () => {
  const dataDir = fs.mkdtempSync(join(tmpdir(), "tamis-quickstart-"));
  const node = ["--conditions=@tamis/source", "--import", "tsx", "main.ts", dataDir];
  const { stdout } = await promisify(execFile)(process.execPath, node, { cwd: import.meta.dirname });
  fs.rmSync(dataDir, { recursive: true });
  expect(stdout).toBe(read("expected.txt"));
});

it("is what the README shows", () => {
  const readme = read("../../README.md");
  expect(readme).toContain(`\`\`\`ts no-run\n${read("main.ts")}\`\`\``);
  expect(readme).toContain(`\`\`\`text\n${read("expected.txt")}\`\`\``);
});
