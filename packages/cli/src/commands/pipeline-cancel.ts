import { defineCommand } from "../define-command.ts";

/** `tamis pipeline cancel RUN`: wherever it runs. */
export const pipelineCancel = defineCommand<Record<never, never>, [runId: string]>({
  summary: "Cancel a run: at once while it waits, else at the next heartbeat of its worker",
  examples: ["tamis pipeline cancel 019ac5e0-…"],
  flags: {},
  positional: {
    kind: "tuple",
    parameters: [{ placeholder: "RUN", brief: "Id of the run", parse: (id) => id }],
  },
  async run(context, _flags, runId) {
    const { openQueue } = await import("@tamis/storage");
    const queue = await openQueue((await context.tamis()).records);
    await queue.cancel(runId);
    const status = (await queue.find(runId))?.status ?? "cancelled";
    context.output.result({ run_id: runId, status }, () => [
      status === "cancelled" ? `run ${runId} is cancelled` : `run ${runId} will be cancelled by its worker`,
    ]);
  },
});
