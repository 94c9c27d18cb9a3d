import { type Interval, type Pipeline, runPipeline } from "@tamis/core";
import type { TrainingDocument } from "@tamis/ml";
import { runLedger, type Tamis } from "@tamis/storage";

export interface ScheduledTraining {
  readonly inserted: number;
  readonly verdict: string;
  /** What the same day gives when it comes a second time. */
  readonly again: "finished" | "already_done";
}

/** The tick of 02:00, now: what `tamis schedule` does once a day, for the day that has ended. */
export async function scheduledTraining(tamis: Tamis, training: object): Promise<ScheduledTraining> {
  const module = await import(new URL("./daily.js", import.meta.url).href);
  const daily: Pipeline = module.default(tamis);
  const options = {
    ledger: runLedger(tamis.records),
    interval: yesterday(new Date()),
    config: JSON.parse(JSON.stringify({ ratings: 2000, training: { ...training, force: true } })),
  };
  const { outputs } = await runPipeline(daily, options);
  const { outcome: again } = await runPipeline(daily, options);
  const { inserted } = outputs.generate as { inserted: number };
  return { inserted, verdict: (outputs.train as TrainingDocument).reason, again };
}

function yesterday(now: Date): Interval {
  const end = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()));
  return { start: new Date(end.getTime() - 86_400_000), end };
}
