import { type StepHold, TamisError } from "@tamis/core";
import type { Records } from "./schema.ts";
import { writeTransaction } from "./write-transaction.ts";

/**
 * Does `work` in one transaction that is kept only if the step's attempt is still the one that counts: not timed out,
 * and its run not taken over. What a paused worker writes after its run went to another one is refused, whole.
 *
 * `work` must send every query through `transaction`.
 *
 * @throws conflict when the attempt no longer counts
 *
 * @example
 * run: ({ hold }) => fenced(records, hold, async (transaction) => {
 *   await transaction.insertInto("users").values({ id: "7" }).execute();
 *   return 1;
 * })
 */
export function fenced<T>(
  records: Records,
  hold: StepHold,
  work: (transaction: Records) => Promise<T>,
): Promise<T> {
  return writeTransaction(records, async (transaction) => {
    await assertHold(transaction, hold);
    return await work(transaction);
  });
}

/** An update, not a question: it keeps both rows from changing until the transaction ends. */
async function assertHold(transaction: Records, { runId, token, step, attempt }: StepHold): Promise<void> {
  const run = await transaction
    .updateTable("pipeline_runs")
    .set({ token })
    .where("id", "=", runId)
    .where("token", "=", token)
    .where("status", "=", "running")
    .executeTakeFirst();
  const current = await transaction
    .updateTable("step_runs")
    .set({ token })
    .where("run_id", "=", runId)
    .where("step", "=", step)
    .where("attempt", "=", attempt)
    .where("status", "=", "running")
    .executeTakeFirst();
  if (run.numUpdatedRows === 1n && current.numUpdatedRows === 1n) return;
  throw new TamisError(
    "conflict",
    `Attempt ${attempt} of the step “${step}” no longer counts: it ran out of time, or another worker has taken the run ${runId} over. Nothing of it was kept.`,
    { details: { runId, step, attempt } },
  );
}
