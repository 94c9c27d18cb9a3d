import { TamisError } from "@tamis/core";
import type { Run } from "@tamis/storage";
import type { Context } from "./context.ts";

/** @throws not_found when there is no such run */
export async function findRunOrFail(context: Context, runId: string): Promise<Run> {
  const { findRun } = await import("@tamis/storage");
  const run = await findRun((await context.tamis()).records, runId);
  if (run) return run;
  throw noSuchRun(runId);
}

export function noSuchRun(runId: string): TamisError {
  return new TamisError("not_found", `There is no run ${runId}. List them with: tamis runs list`);
}
