import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTamis } from "@tamis/storage";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { callTamis, callTamisJson } from "../testing/call-tamis.ts";
import { startTamis } from "../testing/spawn-tamis.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "tamis-token-"));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const tamis = (...args: string[]) => callTamis(args, { cwd });
const json = <Document>(...args: string[]) => callTamisJson<Document>(args, { cwd });
interface Made {
  readonly id: string;
  readonly token: string;
  readonly expires_at: string | null;
}

describe("tamis token", () => {
  it("shows a token once, alone on stdout", async () => {
    const made = await tamis("token", "create", "lea", "--role", "administrator");
    expect(made.code).toBe(0);
    expect(made.stdout).toMatch(/^tms_[0-9a-f]{12}_[0-9a-f]{64}\n$/);
    const secret = made.stdout.trim().slice(-64);
    expect(made.stderr).not.toContain(secret);
    for (const words of [
      ["token", "list"],
      ["token", "list", "--json"],
      ["audit", "--json"],
    ]) {
      expect((await tamis(...words)).stdout).not.toContain(secret);
    }
    const days =
      (Date.parse((await json<Made>("token", "create", "b", "--role", "support")).expires_at!) - Date.now()) /
      864e5;
    expect(days).toBeGreaterThan(89);
    expect(days).toBeLessThanOrEqual(90);
  });

  it("writes it into a new file for its owner only", async () => {
    const made = await tamis(
      "token",
      "create",
      "shop",
      "--role",
      "analyst",
      "--expires",
      "30d",
      "--out",
      "shop.token",
    );
    expect(made).toMatchObject({ code: 0, stdout: "written to shop.token\n" });
    expect(statSync(join(cwd, "shop.token")).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(cwd, "shop.token"), "utf8")).toMatch(/^tms_[0-9a-f]{12}_[0-9a-f]{64}\n$/);
    const again = await tamis("token", "create", "shop2", "--role", "analyst", "--out", "shop.token");
    expect(again).toMatchObject({ code: 7, stdout: "" });
    expect((await json<{ tokens: unknown[] }>("token", "list")).tokens).toHaveLength(1);
    const taken = await tamis("token", "create", "shop", "--role", "analyst", "--out", "other.token");
    expect(taken.code).toBe(7);
    expect(() => statSync(join(cwd, "other.token"))).toThrow();
  });

  it("refuses roles, names and times that are none", async () => {
    for (const words of [
      ["lea"],
      ["lea", "--role", "root"],
      ["lea", "--role", "analyst", "--expires", "soon"],
      ["loopback", "--role", "analyst"],
      ["", "--role", "analyst"],
    ]) {
      expect((await tamis("token", "create", ...words)).code, words.join(" ")).toBe(2);
    }
  });

  it("lists, revokes, warns of old ones, and all of it is in the audit", async () => {
    const old = await json<Made>("token", "create", "old", "--role", "engineer", "--expires", "never");
    const gone = await json<Made>("token", "create", "gone", "--role", "engineer");
    const stores = await openTamis({ dataDir: join(cwd, "tamis-data") });
    const made = new Date(Date.now() - 91 * 24 * 3600 * 1000);
    await stores.records.updateTable("tokens").set({ created_at: made }).where("id", "=", old.id).execute();
    await stores.close();

    expect(await tamis("token", "revoke", gone.id)).toMatchObject({ code: 0 });
    expect(await tamis("token", "revoke", "0123456789ab")).toMatchObject({ code: 4 });
    const list = await tamis("token", "list");
    expect(list.stderr).toContain(`Token ${old.id} (old) is older than 90 days`);
    expect(list.stdout).toMatch(/gone +engineer +revoked/);
    expect(list.stdout).toMatch(/old +engineer +old/);

    interface Audit {
      readonly entries: { action: string; actor: string; subject: string }[];
    }
    const { entries } = await json<Audit>("audit", "--action", "token.", "--outcome", "done");
    expect(entries.map(({ action, actor, subject }) => [action, actor, subject])).toEqual([
      ["token.revoke", "command line", gone.id],
      ["token.create", "command line", gone.id],
      ["token.create", "command line", old.id],
    ]);
    expect((await tamis("audit", "--outcome", "denied")).stdout).toBe("no entries\n");
    const page = await tamis("audit", "--limit", "1");
    const cursor = /--after (\S+)/.exec(page.stdout)?.[1] ?? "";
    expect((await json<Audit>("audit", "--limit", "1", "--after", cursor)).entries[0]?.action).toBe(
      "token.create",
    );
  });
});

describe("tamis serve with tokens", () => {
  it("asks for them as soon as there is one, on this machine and off it", async () => {
    const { token } = await json<Made>("token", "create", "lea", "--role", "support");
    const running = startTamis(["serve", "--host", "0.0.0.0", "--port", "0", "--no-work"], { cwd });
    const ready = await running.stderrMatching(/http:\/\/0\.0\.0\.0:\d+/);
    const url = `http://127.0.0.1:${/0\.0\.0\.0:(\d+)/.exec(ready)?.[1]}`;
    const ask = (path: string, headers: Record<string, string> = {}) => fetch(`${url}${path}`, { headers });
    expect((await ask("/stats")).status).toBe(401);
    const answer = await ask("/stats", { Authorization: `Bearer ${token}` });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("RateLimit-Policy")).toBe('"default";q=1000;w=2');
    expect((await ask("/api/items", { Authorization: `Bearer ${token}` })).status).toBe(403);
    running.child.kill("SIGTERM");
    const ended = await running.ended;
    expect(ended.code).toBe(0);
    expect(ended.stderr).not.toContain(token.slice(-64));
    const { entries } = await json<{ entries: object[] }>("audit", "--outcome", "denied");
    expect(entries).toMatchObject([{ actor: "lea", action: "access.deny", subject: "items:read" }]);
  });

  it("says that it is not ready before it stops, and goes on meanwhile; a second signal ends it", async () => {
    const running = startTamis(["serve", "--port", "0", "--no-work", "--drain-seconds", "600"], { cwd });
    const ready = await running.stderrMatching(/http:\/\/127\.0\.0\.1:\d+/);
    const url = /http:\/\/[\d.]+:\d+/.exec(ready)?.[0] ?? "";
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    running.child.kill("SIGTERM");
    await running.stderrMatching(/Stopping/);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    expect((await fetch(`${url}/stats`)).status).toBe(200);
    running.child.kill("SIGTERM");
    expect(await running.ended).toMatchObject({ code: 143 });
  });

  it("warns of a token file that is old or open to others", async () => {
    const file = join(cwd, "tokens");
    writeFileSync(file, "correct-horse-battery-staple\n", { mode: 0o644 });
    const old = new Date(Date.now() - 91 * 24 * 3600 * 1000);
    utimesSync(file, old, old);
    const running = startTamis(["serve", "--port", "0", "--no-work", "--token-file", "tokens"], { cwd });
    await running.stderrMatching(/Tamis listens/);
    running.child.kill("SIGTERM");
    const { stderr } = await running.ended;
    expect(stderr).toContain("older than 90 days");
    expect(stderr).toContain("chmod 600 tokens");
    expect(stderr).not.toContain("correct-horse");
  });
});
