import type { PipelineRun } from "@tamis/core";
import type { TrainingDocument } from "@tamis/ml";
import { databaseClock, listPipelineRuns, pipelineOutputs, type Records } from "@tamis/storage";
import { verdictIn } from "./training-events.ts";

/** How training stands: the last run of the pipeline `training`, in the words of earlier clients. */
export interface TrainingStatus {
  readonly status: "idle" | "training" | "completed" | "error";
  readonly message: string;
  /** `null` before the first training. */
  readonly run: PipelineRun | null;
  /** Of the last training that finished. */
  readonly verdict: TrainingDocument | null;
}

/** How many runs are looked through for the last one that finished. */
const lookBack = 50;

export async function readTrainingStatus(records: Records): Promise<TrainingStatus> {
  const runs = await listPipelineRuns(records, { pipeline: "training", limit: lookBack });
  const [run = null] = runs;
  const finished = runs.find(({ status }) => status === "finished");
  const verdict = finished ? await verdictOf(records, finished.runId) : null;
  if (run === null) return { status: "idle", message: "Nothing was trained yet.", run, verdict };
  return { ...(await standingOf(records, run, verdict)), run, verdict };
}

/** The verdict of a run, `null` before it has one. */
export async function verdictOf(records: Records, runId: string): Promise<TrainingDocument | null> {
  return verdictIn(await pipelineOutputs(records, runId)) ?? null;
}

/** How a run stands, with a sentence. */
export async function standingOf(
  records: Records,
  { status, leaseUntil, progress, failure, cancelRequested }: PipelineRun,
  verdict: TrainingStatus["verdict"],
): Promise<Pick<TrainingStatus, "status" | "message">> {
  switch (status) {
    case "queued":
      return { status: "training", message: "It waits for a worker." };
    case "running":
      if (leaseUntil !== null && leaseUntil <= (await databaseClock(records))) {
        return {
          status: "error",
          message: "Its worker has fallen silent. The next worker goes on with it; without one, start one.",
        };
      }
      if (cancelRequested) return { status: "training", message: "It is being cancelled." };
      return { status: "training", message: progress ? `It is at: ${progress.phase}.` : "It has begun." };
    case "finished":
      return { status: "completed", message: verdict?.reason ?? "It has finished." };
    default:
      return { status: "error", message: failure?.message ?? "It failed." };
  }
}
