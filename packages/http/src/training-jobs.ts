import { isTamisError, type JobQueue, type PipelineRun, TamisError } from "@tamis/core";
import { createRecommender, type TrainingConfig } from "@tamis/ml";
import { openQueue, writeAudit } from "@tamis/storage";
import { modelName, type Services } from "./services.ts";

/** Who asks, and in which request. */
export interface Caller {
  readonly actor: string;
  readonly requestId: string;
}

/** Trainings in the queue, whoever asks for them: the API or a page. */
export interface TrainingJobs {
  /**
   * Lets a training wait for a worker; the audit says who asked.
   *
   * @throws invalid_input for an unknown algorithm or option; conflict while one waits or runs: `details.runId`
   */
  start(config: TrainingConfig, caller: Caller): Promise<PipelineRun>;
  /** @throws not_found; conflict when it has ended */
  cancel(runId: string, caller: Caller): Promise<PipelineRun>;
  /** @throws not_found */
  find(runId: string): Promise<PipelineRun>;
}

export function trainingJobs(services: Services): TrainingJobs {
  const { records } = services.tamis;
  const now = services.now ?? (() => new Date());
  let opened: Promise<JobQueue> | undefined;
  const queue = () => {
    opened ??= openQueue(records).catch((error) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };

  async function find(runId: string): Promise<PipelineRun> {
    const run = await (await queue()).find(runId);
    if (run?.pipeline === "training") return run;
    throw new TamisError("not_found", `There is no training ${runId}. The last one: GET /training/status`);
  }

  return {
    find,
    async start(config, caller) {
      for (const name of config.models) createRecommender(name, config.options[name]);
      const end = now();
      const interval = { start: new Date(end.getTime() - 1), end };
      const key = { pipeline: "training", interval, config: { ...config, actor: caller.actor } };
      const note = { ...caller, action: "training.start" };
      const run = await (await queue()).enqueue(key, { alone: true }).catch(async (error) => {
        if (isTamisError(error) && error.code === "conflict") {
          const subject = String(error.details.runId);
          await writeAudit(records, { ...note, subject, outcome: "refused", reason: error.message });
        }
        throw error;
      });
      const details = { model: modelName(services), force: config.force, models: config.models.join(",") };
      await writeAudit(records, { ...note, subject: run.runId, outcome: "done", details });
      return run;
    },
    async cancel(id, caller) {
      const { runId } = await find(id);
      await (await queue()).cancel(runId);
      await writeAudit(records, { ...caller, action: "training.cancel", subject: runId, outcome: "done" });
      return find(runId);
    },
  };
}

/** Who asks, from the context of a request. */
export function callerOf(context: {
  get(name: "actor"): { readonly name: string };
  get(name: "requestId"): string;
}): Caller {
  return { actor: context.get("actor").name, requestId: context.get("requestId") };
}
