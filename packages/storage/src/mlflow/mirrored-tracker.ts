import type { RunTracker } from "@tamis/core";
import type { RunEntry } from "./spool.ts";

/** Where a mirrored tracker says everything a second time. Neither may fail: what it mirrors must go on. */
export interface RunMirror {
  note(runId: string, entry: RunEntry): Promise<void>;
  /** A run has ended: time to send what waits, within reason. */
  flush(): Promise<void>;
}

/**
 * The tracker `truth`, and whatever it has accepted also told to a mirror. Ids are the truth's, its errors alone are
 * thrown, and what it refuses the mirror never hears of.
 */
export function mirroredTracker(
  truth: RunTracker,
  mirror: RunMirror,
  options: { readonly now?: () => Date } = {},
): RunTracker {
  const { now = () => new Date() } = options;
  return {
    async start(run) {
      const at = now().getTime();
      const runId = await truth.start(run);
      await mirror.note(runId, { at, call: "start", run });
      return runId;
    },
    async logParameters(runId, parameters) {
      await truth.logParameters(runId, parameters);
      await mirror.note(runId, { at: now().getTime(), call: "log_parameters", parameters });
    },
    async logMetrics(runId, metrics, step = 0) {
      await truth.logMetrics(runId, metrics, step);
      await mirror.note(runId, { at: now().getTime(), call: "log_metrics", metrics, step });
    },
    async logArtifact(runId, artifact) {
      await truth.logArtifact(runId, artifact);
      const { path, bytes } = artifact;
      const base64 = Buffer.from(bytes).toString("base64");
      await mirror.note(runId, { at: now().getTime(), call: "log_artifact", path, base64 });
    },
    async finish(runId, status, message) {
      await truth.finish(runId, status, message);
      await mirror.note(runId, { at: now().getTime(), call: "finish", status, message });
      await mirror.flush();
    },
  };
}
