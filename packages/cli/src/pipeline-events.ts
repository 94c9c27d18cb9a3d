import type { AlertHook, Log, PipelineEvent } from "@tamis/core";
import type { Context } from "./context.ts";

/** Where alerts go: the webhook of the configuration, if any. @throws configuration for a file that is none */
export async function alertHooks({ config }: Context): Promise<AlertHook[]> {
  if (config.alertWebhookFile === undefined) return [];
  const { webhookFile } = await import("@tamis/storage");
  return [await webhookFile(config.alertWebhookFile)];
}

/** Writes events into the log: failures as warnings, the rest as information. */
export function logEvents(log: Log): (event: PipelineEvent) => void {
  return ({ type, runId, ...event }) => {
    const fields = { ...event, run_id: runId };
    const words = type.replaceAll("_", " ");
    if ("failure" in event) log.warn(words, fields);
    else log.info(words, fields);
  };
}

/** An event as a sentence for people. */
export function eventSentence(event: PipelineEvent): string {
  const words = event.type.replace(/^(run|step)_/, "").replaceAll("_", " ");
  const subject = "step" in event ? event.step : event.pipeline;
  const attempt = "attempt" in event && event.attempt > 1 ? `, attempt ${event.attempt}` : "";
  const wait = event.type === "step_retrying" ? ` in ${(event.delayMs / 1000).toFixed(1)} s` : "";
  const why = "failure" in event ? `: ${event.failure.message}` : "";
  return `${subject}: ${words}${attempt}${wait}${why}`;
}
