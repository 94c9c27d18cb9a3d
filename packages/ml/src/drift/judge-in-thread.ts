import { once } from "node:events";
import { fromPlainError, type PlainError } from "@tamis/core";
import { startThread } from "../start-thread.ts";
import type { DriftFindings, DriftMaterial } from "./judge-drift.ts";

/** What the thread answers. */
export interface DriftThreadMessage {
  readonly found?: DriftFindings;
  readonly error?: PlainError;
}

/** As `judgeDrift`, in a thread of its own: this one goes on serving meanwhile. */
export async function judgeInThread(material: DriftMaterial): Promise<DriftFindings> {
  const thread = startThread(new URL("./drift-thread-main.ts", import.meta.url), material);
  try {
    const [{ found, error }] = (await once(thread, "message")) as [DriftThreadMessage];
    if (found !== undefined) return found;
    throw fromPlainError(error!);
  } finally {
    await thread.terminate();
  }
}
