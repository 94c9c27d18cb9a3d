import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { callTamis } from "./testing/call-tamis.ts";
import { tamis } from "./testing/spawn-tamis.ts";

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "tamis-usage-"));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

it("prints its version and its help on stdout", async () => {
  const [version, help] = await Promise.all([tamis(["--version"], { cwd }), tamis([], { cwd })]);
  expect(version).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  expect(help).toMatchObject({ code: 0, stderr: "" });
  for (const verb of ["demo", "import", "evaluate", "train", "recommend", "models", "serve", "doctor"]) {
    expect(help.stdout).toContain(`\n  ${verb} `);
  }
});

it.each([
  [["trian"], "did you mean `train`?"],
  [["import", "movilens", "x"], "did you mean `movielens`?"],
  [["recommend", "1", "--jsn"], "did you mean --json?"],
  [["recommend", "1", "-n", "-1"], "0 or more"],
  [["recommend"], "USER"],
  [["evaluate", "--model", "svd", "--options", "{"], "not valid JSON"],
  [["evaluate", "--model", "svd", "--options", "[]"], "one JSON object"],
  [["import", "ratings", "f", "--scale", "5..1"], "MIN..MAX"],
  [["serve", "--port", "99999"], "port"],
  [["recommend", "1", "--log-level", "loud"], "debug"],
])("answers %j with a usage error that says what to do", async (args, hint) => {
  const ended = await callTamis(args, { cwd });
  expect(ended).toMatchObject({ code: 2, stdout: "" });
  expect(ended.stderr).toMatch(/^error: /);
  expect(ended.stderr).toContain(hint);
  expect(ended.stderr.trim().split("\n")).toHaveLength(1);
  expect(readdirSync(cwd)).toEqual([]);
});

it("ends a usage error of the real process with 2, not with the parser's own negative code", async () => {
  expect(await tamis(["trian"], { cwd })).toMatchObject({ code: 2, stdout: "" });
});

it("takes settings from the flag, the environment and the file, in this order", async () => {
  writeFileSync(join(cwd, "tamis.config.json"), JSON.stringify({ dataDir: "./from-file", port: 1 }));
  const env = { TAMIS_DATA_DIR: "./from-environment" };
  const configuration = async (args: string[], more: object) => {
    const { stdout } = await callTamis(["--json", ...args, "doctor"], { cwd, ...more });
    return JSON.parse(stdout).configuration;
  };
  const [flag, environment, file] = await Promise.all([
    configuration(["--data-dir", "./from-flag"], { env }),
    configuration([], { env }),
    configuration([], {}),
  ]);
  expect(flag.data_dir).toEqual({ value: "./from-flag", origin: "flag" });
  expect(environment.data_dir).toEqual({ value: "./from-environment", origin: "environment" });
  expect(file).toMatchObject({
    data_dir: { value: "./from-file", origin: "file" },
    port: { value: 1, origin: "file" },
    records: { value: "sqlite:./from-file/tamis.db", origin: "default" },
  });
});

it("never prints a password of the configuration", async () => {
  const records = "postgres://someone:hunter2@host/db?password=hunter2&sslmode=require";
  const ended = await callTamis(["doctor", "--json", "--data-dir", cwd, "--records", records], { cwd });
  expect(ended.code).toBe(1);
  expect(ended.stdout).toContain("postgres://someone:***@host/db?password=***&sslmode=require");
  expect(ended.stdout + ended.stderr).not.toContain("hunter2");
});

it.each([
  ['{"dataDirr":"x"}', "unknown setting “dataDirr”"],
  ["{", "not valid JSON"],
  ["[]", "one JSON object"],
])("refuses the configuration file %s", async (content, hint) => {
  writeFileSync(join(cwd, "tamis.config.json"), content);
  const ended = await callTamis(["models", "--json"], { cwd });
  expect(ended).toMatchObject({ code: 2, stdout: "" });
  const [line, json] = ended.stderr.trim().split("\n");
  expect(line).toContain(hint);
  expect(JSON.parse(json ?? "")).toMatchObject({
    error: { code: "configuration", message: expect.any(String) },
  });
});
