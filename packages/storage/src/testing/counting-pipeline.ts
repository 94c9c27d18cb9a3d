import { definePipeline, defineStep, type Pipeline, type RunKey } from "@tamis/core";

/** A day of February 2026. */
export const day = (date: number) => new Date(Date.UTC(2026, 1, date));

/** A run of a pipeline about one day of February 2026. */
export const dayRun = (pipeline: string, date = 1, config: RunKey["config"] = {}): RunKey => ({
  pipeline,
  interval: { start: day(date), end: day(date + 1) },
  config,
});

/** What happened: one word an effect. */
export type Effects = string[];

/** Two steps, `load` then `train`, that note what they do; `train` reads what `load` answered. */
export function countingPipeline(effects: Effects, train: () => unknown = () => {}): Pipeline {
  const load = defineStep({
    name: "load",
    run: async () => {
      effects.push("load");
      return { rows: 3 };
    },
  });
  return definePipeline({
    name: "nightly",
    steps: [
      load,
      defineStep({
        name: "train",
        inputs: { load },
        retry: { attempts: 1 },
        run: async ({ inputs, hold }) => {
          await train();
          effects.push(`train ${inputs.load.rows}, attempt ${hold.attempt}`);
          return inputs.load.rows * 2;
        },
      }),
    ],
  });
}
