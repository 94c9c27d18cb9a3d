import type { Alert } from "@tamis/core";

/** What a receiver of webhooks understands. */
export type WebhookShape = "json" | "slack" | "discord";

/** An alert as the JSON of a webhook. What it quotes cannot mention anyone or break out of the text. */
export function alertBody(alert: Alert, shape: WebhookShape): Record<string, unknown> {
  if (shape === "slack") return { text: slackText(alert) };
  if (shape === "discord") return { content: discordText(alert), allowed_mentions: { parse: [] } };
  const { kind, pipeline, runId, interval, incidentId, message } = alert;
  return {
    kind,
    pipeline,
    run_id: runId,
    interval_start: interval.start.toISOString(),
    interval_end: interval.end.toISOString(),
    incident_id: incidentId,
    message,
  };
}

const signs = { failed: "🔴", recovered: "🟢", finished: "✅" } as const;

/** @source Slack, "Formatting text for app surfaces": the three characters that are escaped. */
function slackText(alert: Alert): string {
  const escaped = alert.message.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `${signs[alert.kind]} ${escaped}\n${placeOf(alert)}`;
}

/** Discord takes 2000 characters. */
function discordText(alert: Alert): string {
  return `${signs[alert.kind]} ${alert.message.slice(0, 1500)}\n${placeOf(alert)}`;
}

function placeOf({ runId, interval }: Alert): string {
  return `run ${runId}, ${interval.start.toISOString()} to ${interval.end.toISOString()}`;
}
