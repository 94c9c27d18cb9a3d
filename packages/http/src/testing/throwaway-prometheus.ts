import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe } from "vitest";

/** A Prometheus that scrapes one service. */
export interface Prometheus {
  /** Asks its HTTP API: `query?query=up`. @throws Error with its message for an expression that is none */
  ask<Data>(path: string): Promise<Data>;
  close(): Promise<void>;
}

/** Starts it in a folder of its own, with this configuration. */
export async function startPrometheus(config: string, files: Record<string, string>): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), "tamis-prometheus-"));
  await writeFile(join(folder, "prometheus.yml"), config);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const port = await freePort();
  const server = spawn(
    "prometheus",
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--log.level=error",
    ],
    { stdio: "ignore" },
  );
  const api = `http://127.0.0.1:${port}`;
  await ready(server, api);
  return {
    async ask<Data>(path: string) {
      const answer = await fetch(`${api}/api/v1/${path}`);
      const { status, error, data } = (await answer.json()) as { status: string; error?: string; data: Data };
      if (status !== "success") throw new Error(`${path}: ${error}`);
      return data;
    },
    async close() {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function ready(server: ChildProcess, api: string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (server.exitCode !== null) throw new Error(`Prometheus ended with ${server.exitCode}.`);
    const answer = await fetch(`${api}/-/ready`).catch(() => undefined);
    if (answer?.ok) return;
    await wait(200);
  }
  throw new Error("Prometheus was not ready within a minute.");
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

const absent = ["prometheus", "promtool"].find((name) => spawnSync(name, ["--version"]).error !== undefined);
if (absent !== undefined && process.env.CI === "true") throw new Error(`${absent} is not installed.`);

/** Tests that need Prometheus; where it is not installed they are skipped, and their name says so. */
export function describePrometheus(name: string, tests: () => void): void {
  describe.skipIf(absent !== undefined)(absent ? `${name} (skipped: no ${absent})` : name, tests);
}
