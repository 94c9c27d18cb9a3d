import { definePipeline, defineStep, type Pipeline } from "@tamis/core";
import { z } from "zod";
import { checkDrift } from "./check-drift.ts";
import { driftProfiles } from "./drift-document.ts";
import { comparedRatings, type DriftPorts, defaultBaseline } from "./take-baseline.ts";

/** The configuration of a run of {@link driftPipeline}; an unknown name is refused. */
const DriftConfig = z.strictObject({
  baseline: z.string().min(1).default(defaultBaseline),
  profile: z.enum(driftProfiles).default("calibrated"),
  /** Compare the latest so many ratings. */
  last: z.int().min(1).default(comparedRatings),
});

/**
 * The pipeline `drift`, of one step: compares the latest ratings with the baseline and stores the report, which
 * `/metrics` and the pages then show.
 */
export function driftPipeline(ports: DriftPorts): Pipeline {
  const check = defineStep({
    name: "check",
    config: DriftConfig,
    async run({ config: { baseline: name, profile, last } }) {
      const { id, verdict, document } = await checkDrift(ports, { name, profile, window: { last } });
      return { report: id, verdict, drifted_columns: document.drifted_columns.count };
    },
  });
  return definePipeline({ name: "drift", steps: [check] });
}
