import { runTamis } from "../run.ts";
import { type Ended, jsonOf } from "./spawn-tamis.ts";

/**
 * Runs a command line in this process, moved to `cwd`, on streams that only remember. For the many cases that need
 * no process of their own, which would take a second each.
 */
export async function callTamis(
  args: readonly string[],
  { cwd, env = {} }: { cwd: string; env?: Readonly<Record<string, string>> },
): Promise<Ended> {
  process.chdir(cwd);
  let stdout = "";
  let stderr = "";
  const code = await runTamis(args, {
    process: {
      stdout: {
        write: (text: string) => {
          stdout += text;
        },
      },
      stderr: {
        write: (text: string) => {
          stderr += text;
        },
      },
      env,
    },
    cwd,
    signals: process,
  });
  return { code, signal: null, stdout, stderr };
}

/** The same with `--json`: expects success, and gives the one JSON document. */
export async function callTamisJson<Document = Record<string, unknown>>(
  args: readonly string[],
  options: { cwd: string },
): Promise<Document> {
  return jsonOf(args, await callTamis([...args, "--json"], options));
}
