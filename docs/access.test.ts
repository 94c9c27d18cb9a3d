import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { startTamis } from "../packages/cli/src/testing/spawn-tamis.ts";
import { actions, can, roles } from "../packages/core/src/access.ts";

const page = readFileSync(join(import.meta.dirname, "access.md"), "utf8");

it("shows the matrix as it is", () => {
  const [, table = ""] = /<!-- roles -->\n([\s\S]*)<!-- \/roles -->/.exec(page) ?? [];
  const [head, , ...rows] = table
    .trim()
    .split("\n")
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  expect(head).toEqual(["action", ...roles]);
  expect(rows).toEqual(
    actions.map((action) => [`\`${action}\``, ...roles.map((role) => (can(role, action) ? "yes" : ""))]),
  );
});

const absent = spawnSync("curl", ["--version"]).status === 0 ? "" : ": there is no curl";

it.skipIf(absent)(
  `does what its commands say${absent}`,
  async () => {
    const cwd = mkdtempSync(join(tmpdir(), "tamis-access-"));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
    const main = resolve(import.meta.dirname, "../packages/cli/src/main.ts");
    const run = async (commands: string) => {
      const script = `set -e
        tamis() { ${JSON.stringify(process.execPath)} --conditions=@tamis/source --import ${import.meta.resolve("tsx")} ${JSON.stringify(main)} "$@"; }
        ${commands}`;
      return (await promisify(execFile)("/bin/sh", ["-c", script], { cwd })).stdout;
    };
    const start = async (host: string, env: Record<string, string> = {}) => {
      const serving = startTamis(["serve", "--host", host, "--port", "0", "--no-work"], { cwd, env });
      onTestFinished(() => void serving.child.kill("SIGKILL"));
      const port = /listens on \S+:(\d+)/.exec(await serving.stderrMatching(/listens on .*\n/))?.[1];
      return {
        serving,
        here: (commands: string) => commands.replaceAll("localhost:8080", `127.0.0.1:${port}`),
      };
    };
    const [make = "", use = "", once = ""] = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(
      ([, each]) => each!,
    );

    expect(make).toContain("tamis serve --host 0.0.0.0\n");
    await run("tamis generate --ratings 200 --users 10 --items 20 --out films; tamis import movielens films");
    const withoutTokens = await start("127.0.0.1");
    const keyed = withoutTokens.here(once).replace("curl", "curl -s -o /dev/null -D -");
    expect(await run(keyed)).not.toMatch(/^idempotency-replayed:/im);
    expect(await run(keyed)).toMatch(/^HTTP\/1\.1 200 [\s\S]*^idempotency-replayed: true\r$/im);
    withoutTokens.serving.child.kill("SIGTERM");
    await withoutTokens.serving.ended;

    const made = await run(make.replace(/^tamis serve.*$/m, ""));
    expect(made.match(/^tms_[0-9a-f]{12}_[0-9a-f]{64}$/gm)).toHaveLength(2);
    expect(made).toMatch(/prometheus +support +usable/);
    const withTokens = await start("0.0.0.0");
    const used = await run(withTokens.here(use).replace("curl ", "curl -s "));
    expect(used).toContain('"ratings":200');
    expect(used).toMatch(/token [0-9a-f]{12} \(lea\) is refused since/);
    expect(used).toMatch(/command line +token\.revoke/);
    withTokens.serving.child.kill("SIGTERM");
    expect((await withTokens.serving.ended).code).toBe(0);

    const operations = readFileSync(join(import.meta.dirname, "operations.md"), "utf8");
    const [, behind = ""] = /## Behind a proxy[\s\S]*?```sh\n([\s\S]*?)```/.exec(operations) ?? [];
    const settings = [...behind.matchAll(/(TAMIS_\w+)=(\S+)/g)].map(([, name, value]) => [name!, value!]);
    expect(settings).toHaveLength(3);
    await run(behind.replace(/^tamis serve.*$/m, ""));
    const proxied = await start("0.0.0.0", Object.fromEntries(settings));
    const token = readFileSync(join(cwd, "balancer.token"), "utf8").trim();
    const limited = await run(
      proxied.here(
        `curl -s -o /dev/null -D - -H "Authorization: Bearer ${token}" http://localhost:8080/stats`,
      ),
    );
    expect(limited).toMatch(/^ratelimit-policy: "default";q=4000;w=2\r$/im);
    proxied.serving.child.kill("SIGTERM");
    await proxied.serving.stderrMatching(/Stopping/);
    expect(
      await run(proxied.here("curl -s -o /dev/null -w '%{http_code}' http://localhost:8080/readyz")),
    ).toBe("503");
  },
  240_000,
);
