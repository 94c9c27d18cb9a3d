import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

/** How a process ended and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<Ended>;
  /** Resolves with all of stderr so far, once it matches; fails when the process ends before. */
  stderrMatching(pattern: RegExp): Promise<string>;
}

export interface SpawnOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

/** What starts the command from source: the program and its first arguments. */
export const tamisCommandLine = [
  process.execPath,
  "--conditions=@tamis/source",
  "--import",
  import.meta.resolve("tsx"),
  main,
] as const;

/** Starts the real command, from source, in its own process and with no `TAMIS_` variable of ours. */
export function startTamis(args: readonly string[], options: SpawnOptions): Running {
  const [program, ...first] = tamisCommandLine;
  const child = spawn(program, [...first, ...args], {
    cwd: options.cwd,
    env: { ...cleanEnvironment(), ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, stdout, stderr }) as Ended);
  return {
    child,
    ended,
    async stderrMatching(pattern) {
      for (;;) {
        if (pattern.test(stderr)) return stderr;
        const over = await Promise.race([once(child.stderr, "data").then(() => undefined), ended]);
        if (over && !pattern.test(stderr)) {
          throw new Error(
            `tamis ${args.join(" ")} ended with ${over.code} before ${pattern}: ${over.stderr}`,
          );
        }
      }
    },
  };
}

/** The environment of this process without what would change the command's behaviour. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const owned = /^(?:TAMIS_|APP_ENV$|FORCE_COLOR$|NODE_OPTIONS$|VITEST)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !owned.test(name)));
}

/** Runs the real command to its end. */
export function tamis(args: readonly string[], options: SpawnOptions): Promise<Ended> {
  return startTamis(args, options).ended;
}

/** Runs it with `--json`, expects success, and gives its one JSON document. */
export async function tamisJson<Document = Record<string, unknown>>(
  args: readonly string[],
  options: SpawnOptions,
): Promise<Document> {
  return jsonOf(args, await tamis([...args, "--json"], options));
}

/** The document on stdout of a command that must have succeeded. */
export function jsonOf<Document>(args: readonly string[], { code, stdout, stderr }: Ended): Document {
  if (code !== 0) throw new Error(`tamis ${args.join(" ")} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as Document;
}
