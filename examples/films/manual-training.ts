import { setTimeout as wait } from "node:timers/promises";
import { call } from "./call.ts";

export interface ManualTraining {
  readonly runId: string;
  /** What a second start was answered while the first was at work. */
  readonly secondStart: number;
  /** The slowest answer of `/health` meanwhile, in milliseconds. */
  readonly slowestHealth: number;
  readonly verdict: string;
  readonly promoted: boolean;
}

interface Status {
  readonly status: "idle" | "training" | "completed" | "error";
  readonly message: string;
  readonly verdict: { readonly reason: string; readonly promoted: boolean } | null;
}

/** Somebody starts a training over HTTP and follows it. */
export async function manualTraining(url: string, settings: object): Promise<ManualTraining> {
  const started = await call<{ run_id: string }>(url, "/training/", { ...settings, force: false });
  const headers = { "Content-Type": "application/json" };
  const second = await fetch(new URL("/training/", url), { method: "POST", headers, body: "{}" });
  let slowestHealth = 0;
  let status: Status;
  do {
    await wait(100);
    const asked = performance.now();
    await call(url, "/health");
    slowestHealth = Math.max(slowestHealth, performance.now() - asked);
    status = await call<Status>(url, "/training/status");
  } while (status.status === "training");
  if (status.status === "error" || status.verdict === null) throw new Error(status.message);
  const { reason: verdict, promoted } = status.verdict;
  return { runId: started.run_id, secondStart: second.status, slowestHealth, verdict, promoted };
}
