import { z } from "zod";

/** A number that JSON may carry as a text, as MLflow does with its 64-bit ones. */
const Int64 = z.coerce.number();
const KeyValue = z.object({ key: z.string(), value: z.string().default("") });

/** A run as MLflow answers it; what we do not use is left out. */
export const MlflowRun = z.object({
  info: z.object({
    run_id: z.string(),
    experiment_id: z.string(),
    run_name: z.string().default(""),
    status: z.string().default("RUNNING"),
    start_time: Int64.default(0),
    end_time: Int64.nullish(),
    artifact_uri: z.string().default(""),
  }),
  data: z
    .object({
      metrics: z
        .array(
          z.object({ key: z.string(), value: z.coerce.number(), timestamp: Int64, step: Int64.default(0) }),
        )
        .default([]),
      params: z.array(KeyValue).default([]),
      tags: z.array(KeyValue).default([]),
    })
    .default({ metrics: [], params: [], tags: [] }),
});
export type MlflowRun = z.infer<typeof MlflowRun>;

export const RunAnswer = z.object({ run: MlflowRun });
export const RunsAnswer = z.object({
  runs: z.array(MlflowRun).default([]),
  next_page_token: z.string().optional(),
});
export const Anything = z.unknown();
