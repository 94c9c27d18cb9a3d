import { TamisError } from "@tamis/core";
import { TrainingConfig } from "@tamis/ml";
import { z } from "zod";

/** The fields of the form, as a browser sends them. */
const TrainForm = z.object({
  models: z.preprocess(
    (value) => (Array.isArray(value) ? value : value === undefined ? [] : [value]),
    z.array(z.string()),
  ),
  folds: z.coerce.number(),
  seed: z.coerce.number(),
  margin: z.coerce.number(),
  preset: z.literal("on").optional(),
  force: z.literal("on").optional(),
});

/**
 * What a training is asked for, from the fields of its form.
 *
 * @throws invalid_input with a sentence for a person
 */
export function readTrainForm(fields: Readonly<Record<string, unknown>>): TrainingConfig {
  const form = TrainForm.safeParse(fields);
  if (!form.success) throw notValid(form.error);
  const { models, folds, seed, margin, preset, force } = form.data;
  if (models.length === 0) throw new TamisError("invalid_input", "Choose at least one algorithm.");
  const config = TrainingConfig.safeParse({
    ...{ models, folds, seed, margin },
    preset: preset === "on",
    force: force === "on",
  });
  if (config.success) return config.data;
  throw notValid(config.error);
}

function notValid({ issues: [issue] }: z.ZodError): TamisError {
  return new TamisError("invalid_input", `${issue?.path.join(".")}: ${issue?.message}`);
}
