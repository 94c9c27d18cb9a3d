import type { JobQueue } from "@tamis/core";
import { waitingPipelineRuns } from "../sql/pipeline-runs.ts";
import type { Records } from "../sql/schema.ts";
import { ledgerQueue, type QueueOptions } from "./ledger-queue.ts";

/**
 * A {@link JobQueue} in the records themselves, worked on by this process and any other that opens them: no server.
 *
 * @example
 * const worker = embeddedQueue(tamis.records).work([nightly]);
 * process.once("SIGTERM", () => worker.stop());
 */
export function embeddedQueue(records: Records, options: QueueOptions = {}): JobQueue {
  const handout = {
    async take(pipelines: readonly string[]) {
      const [run] = await waitingPipelineRuns(records, pipelines, 1);
      return run && { run, done: async () => {} };
    },
    offer: async () => {}, // it waits in the records
  };
  return ledgerQueue(records, handout, options);
}
