import { run } from "@stricli/core";
import { createApplication } from "./application.ts";
import { arrangeArguments } from "./arrange-arguments.ts";
import type { Shell } from "./context.ts";
import { exitCodes, remapStricliCode } from "./exit-codes.ts";

/**
 * Runs one command line and returns its exit code; never throws for a foreseen failure.
 *
 * @param argv - the arguments after `tamis`.
 */
export async function runTamis(argv: readonly string[], shell: Shell): Promise<number> {
  await run(createApplication(), arrangeArguments(argv), shell);
  const code = Number(shell.process.exitCode ?? exitCodes.ok);
  return remapStricliCode(code);
}
