import { readFile } from "node:fs/promises";
import { canonicalJson, parseInstant, type Schedule, TamisError } from "@tamis/core";
import { z } from "zod";
import { cron } from "./cron.ts";

const Entry = z.strictObject({
  pipeline: z.string().min(1),
  cron: z.string(),
  time_zone: z.string().default("UTC"),
  catch_up: z.enum(["none", "latest", "all"]).default("latest"),
  start_at: z
    .string()
    .refine((text) => Number.isFinite(parseInstant(text)), "expected a date or an instant")
    .optional(),
  config: z.record(z.string(), z.json()).default({}),
});

/**
 * The schedules that a JSON file lists: `pipeline` and `cron`, and if need be `time_zone`, `catch_up`, `start_at` and
 * `config` of each.
 *
 * @throws not_found, configuration naming the file, the schedule and what is wrong with it; also for two schedules of
 * one pipeline with the same configuration: what one of them ran, the other would not run again
 */
export async function scheduleFile(path: string): Promise<Schedule[]> {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new TamisError("not_found", `The file of schedules ${path} cannot be read (${cause.code}).`, {
      cause,
    });
  });
  const entries = entriesOf(text, path);
  const keys = entries.map(({ pipeline, config }) => canonicalJson([pipeline, config]));
  const twice = entries.find((_, at) => keys.indexOf(keys[at]!) !== at);
  if (twice !== undefined) {
    throw refusal(path, `it has two schedules of ${twice.pipeline} with the same configuration`);
  }
  return entries.map(({ pipeline, cron: expression, time_zone, catch_up, start_at, config }, at) => {
    try {
      return {
        pipeline,
        config,
        nextRun: cron(expression, { timeZone: time_zone }),
        catchUp: catch_up,
        ...(start_at !== undefined && { startAt: new Date(parseInstant(start_at)! * 1000) }),
      };
    } catch (cause) {
      throw refusal(path, `schedule ${at + 1}: ${(cause as Error).message}`, cause);
    }
  });
}

function entriesOf(text: string, path: string): z.infer<typeof Entry>[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw refusal(path, `it is no JSON (${(cause as Error).message})`, cause);
  }
  const parsed = z.array(Entry).min(1, "it lists none").safeParse(json);
  if (parsed.success) return parsed.data;
  const { path: place, message } = parsed.error.issues[0]!;
  const [at, ...rest] = place;
  const where = typeof at === "number" ? `schedule ${[at + 1, ...rest].join(".")}: ` : "";
  throw refusal(path, `${where}${message}`, parsed.error);
}

function refusal(path: string, why: string, cause?: unknown): TamisError {
  return new TamisError("configuration", `The file of schedules ${path} is not understood: ${why}.`, {
    cause,
  });
}
