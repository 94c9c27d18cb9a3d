import { TamisError } from "../errors.ts";
import type { Json } from "../json.ts";
import { checkName, type Step } from "./step.ts";

/** Named steps, done one after the other. Where and when they run is not its business. */
export interface Pipeline {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** What a run is given: plain JSON, the same for every step. Its digest is part of the run's identity. */
export type PipelineConfig = Readonly<Record<string, Json>>;

/**
 * Defines a pipeline of steps in the order in which they run.
 *
 * @throws invalid_input for a name of other characters than a-z, 0-9 and hyphen, no step, two steps of one name,
 * or a step whose input is no earlier step of the pipeline
 *
 * @example
 * const count = defineStep({ name: "count", run: async () => ({ rows: 3 }) });
 * const report = defineStep({
 *   name: "report",
 *   inputs: { count },
 *   run: async ({ inputs }) => `${inputs.count.rows} rows`,
 * });
 * const nightly = definePipeline({ name: "nightly", steps: [count, report] });
 */
export function definePipeline(definition: Pipeline): Pipeline {
  const { name, steps } = definition;
  checkName("pipeline", name);
  if (steps.length === 0) throw new TamisError("invalid_input", `The pipeline “${name}” has no step.`);
  const earlier = new Set<Step>();
  for (const step of steps) {
    if (steps.find((other) => other.name === step.name) !== step || earlier.has(step)) {
      throw new TamisError("invalid_input", `The pipeline “${name}” has two steps named “${step.name}”.`);
    }
    const missing = Object.values(step.inputs).find((input) => !earlier.has(input));
    if (missing !== undefined) {
      throw new TamisError(
        "invalid_input",
        `The step “${step.name}” of the pipeline “${name}” reads “${missing.name}”, which is no step before it.`,
      );
    }
    earlier.add(step);
  }
  return { name, steps: [...steps] };
}
