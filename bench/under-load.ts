import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const program = (name: string) => fileURLToPath(new URL(`./programs/${name}`, import.meta.url));

/** See `programs/load.js`. */
export interface LoadPlan {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second; without it, as many as are answered. */
  readonly rate?: number;
  readonly users: number;
  readonly count: number;
  /** The first user's place in the order of users. */
  readonly first?: number;
  readonly samples?: number;
}

export interface LoadResult {
  readonly seconds: number;
  /** Of the process that sends. */
  readonly cpu_seconds: number;
  readonly sent: number;
  readonly answered: number;
  /** Answers other than 200, connections that were closed, and requests that were not sent or not answered 10 s after the end. */
  readonly failed: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly p999_ms: number;
  readonly max_ms: number;
  /** Bodies of some answers. */
  readonly samples: readonly string[];
}

/** Sends the requests of a plan from a process of its own. */
export async function putUnderLoad(plan: LoadPlan): Promise<LoadResult> {
  const child = fork(program("load.js"), [JSON.stringify(plan)], { execArgv: [] });
  return new Promise((resolve, reject) => {
    child.once("message", (message) => resolve(message as LoadResult));
    child.once("exit", (code) => reject(new Error(`load.js ended with ${code} and sent nothing`)));
  });
}

/** A process that answers HTTP on this machine. */
export interface Listener {
  readonly url: string;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/** Starts a program in plain node and waits until it accepts connections. @param log - file descriptor for its stderr */
export async function startListener(
  path: string,
  argsFor: (port: number) => readonly string[],
  log: number | "inherit" = "inherit",
): Promise<Listener> {
  const port = await freePort();
  const child = spawn(process.execPath, [path, ...argsFor(port)], { stdio: ["ignore", "ignore", log] });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; !(await fetch(url).catch(() => undefined)); tries++) {
    if (child.exitCode !== null || tries > 600) throw new Error(`${path} does not listen`);
    await sleep(100);
  }
  return {
    url,
    process: child,
    async stop() {
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}

/** A server that does nothing but HTTP and JSON, with answers of so many bytes. */
export function startBareServer(bytes: number): Promise<Listener> {
  return startListener(program("bare-server.js"), (port) => [String(port), String(bytes)]);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
