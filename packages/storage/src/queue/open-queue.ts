import type { JobQueue } from "@tamis/core";
import type { Records } from "../sql/schema.ts";
import { embeddedQueue } from "./embedded.ts";
import type { QueueOptions } from "./ledger-queue.ts";

/** The job queue of these records. */
export async function openQueue(records: Records, options: QueueOptions = {}): Promise<JobQueue> {
  return embeddedQueue(records, options);
}
