import { runTamis } from "../run.ts";
import type { Ended } from "./spawn-tamis.ts";

/**
 * Runs a command line in this process, on streams that only remember: for the many cases that never come to
 * real work, where a process each would take a second.
 */
export async function callTamis(
  args: readonly string[],
  { cwd, env = {} }: { cwd: string; env?: Readonly<Record<string, string>> },
): Promise<Ended> {
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
