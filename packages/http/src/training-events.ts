import type { Json, PipelineRun } from "@tamis/core";
import type { TrainingDocument } from "@tamis/ml";

/** What happened in a training, in the words of an event stream. */
export interface TrainingEvent {
  readonly event: "step" | "verdict" | "end";
  readonly data: Readonly<Record<string, Json>>;
}

/**
 * Everything that has happened in a run so far, oldest first. It only ever grows at its end, so that the place of an event
 * in it, from 1, is an id by which a listener that lost its connection goes on.
 *
 * @param outputs - of the steps that are done.
 */
export function trainingEvents(run: PipelineRun, outputs: Readonly<Record<string, Json>>): TrainingEvent[] {
  const events: TrainingEvent[] = [];
  for (const { step, attempt, status, failure } of run.steps) {
    const place = { step, attempt };
    events.push({ event: "step", data: { ...place, status: "started" } });
    if (status !== "running") {
      events.push({
        event: "step",
        data: { ...place, status, ...(failure && { failure: { ...failure } }) },
      });
    }
  }
  if (run.endedAt === null) return events;
  const verdict = verdictIn(outputs);
  if (verdict) events.push({ event: "verdict", data: verdict });
  const { status, failure } = run;
  events.push({ event: "end", data: { status, ...(failure && { failure: { ...failure } }) } });
  return events;
}

/** What the step `train` answered, when it is done. */
export function verdictIn(outputs: Readonly<Record<string, Json>>): TrainingDocument | undefined {
  return outputs.train as TrainingDocument | undefined;
}
