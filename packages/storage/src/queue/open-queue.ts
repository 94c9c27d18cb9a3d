import type { JobQueue } from "@tamis/core";
import { engineOf } from "../sql/engine.ts";
import type { Records } from "../sql/schema.ts";
import { embeddedQueue } from "./embedded.ts";
import type { QueueOptions } from "./ledger-queue.ts";
import { pgBossQueue } from "./pg-boss.ts";

/**
 * The job queue of these records: pg-boss where they are in PostgreSQL, else the records themselves.
 *
 * @throws configuration where the package pg-boss is needed and missing
 */
export async function openQueue(records: Records, options: QueueOptions = {}): Promise<JobQueue> {
  const { broker } = engineOf(records);
  return broker === "pg-boss" ? await pgBossQueue(records, options) : embeddedQueue(records, options);
}
