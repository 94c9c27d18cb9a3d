import { execFileSync, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Measurement } from "./suite.ts";

/**
 * Runs a program of `programs/` as a user would: plain node, without the TypeScript loader, on the built packages (built
 * here when their sources are newer). It measures itself, memory too.
 */
export async function runProgram(name: string, args: readonly string[]): Promise<Measurement> {
  execFileSync("npx", ["turbo", "run", "build", "--filter=@tamis/ml", "--output-logs=errors-only"]);
  const path = fileURLToPath(new URL(`./programs/${name}`, import.meta.url));
  const child = fork(path, args, { execArgv: [] });
  return new Promise((resolve, reject) => {
    child.once("message", (message) => resolve(message as Measurement));
    child.once("exit", (code) => reject(new Error(`${name} ended with ${code} and sent nothing`)));
  });
}
