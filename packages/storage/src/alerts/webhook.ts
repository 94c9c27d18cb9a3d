import { type Alert, type AlertHook, type RetryOptions, retry, TamisError } from "@tamis/core";
import { alertBody, type WebhookShape } from "./alert-body.ts";
import { retryAfterSeconds } from "./retry-after.ts";

export interface WebhookOptions {
  /** Whoever knows it can post: it is a secret, and appears in no message and no error. */
  readonly url: string;
  /** @default "json" */
  readonly shape?: WebhookShape;
  /** @default ["failed", "recovered"] */
  readonly on?: readonly Alert["kind"][];
  /** An answer that takes longer is a failure, in ms. @default 10_000 */
  readonly timeoutMs?: number;
  /** @default 5 tries, waits of up to 1, 2, 4 and 8 s */
  readonly retry?: RetryOptions;
}

/**
 * Posts alerts to a webhook: generic JSON, Slack or Discord. Answers 429 and 5xx, and no answer, are tried again.
 *
 * @throws configuration for a URL that is not http or https; the hook throws unavailable or timeout when nobody
 * answered, configuration when the receiver refused
 *
 * @example
 * const alerts = [webhook({ url: process.env.SLACK_WEBHOOK ?? "", shape: "slack" })];
 */
export function webhook(options: WebhookOptions): AlertHook {
  const { shape = "json", on = ["failed", "recovered"], timeoutMs = 10_000 } = options;
  const url = parseUrl(options.url);
  return async (alert) => {
    if (!on.includes(alert.kind)) return;
    const request = {
      method: "POST",
      headers: {
        "content-type": "application/json",
        // The same in every try: a receiver may drop what it has already.
        "idempotency-key": `${alert.incidentId ?? alert.runId}-${alert.kind}`,
      },
      body: JSON.stringify(alertBody(alert, shape)),
      redirect: "manual",
    } as const;
    await retry(() => post(url, request, shape, timeoutMs), {
      ...{ attempts: 5, baseMs: 1000, capMs: 30_000 },
      ...options.retry,
    });
  };
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:" || url?.protocol === "http:") return url;
  throw new TamisError(
    "configuration",
    "The URL of the webhook is not an http or https URL (it is not shown: it is a secret).",
  );
}

/** The errors of fetch quote the URL: none of them is kept as a cause. */
async function post(url: URL, request: RequestInit, shape: WebhookShape, timeoutMs: number): Promise<void> {
  let response: Response;
  try {
    response = await fetch(url, { ...request, signal: AbortSignal.timeout(timeoutMs) });
    await response.body?.cancel();
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: unknown } };
    if (name === "TimeoutError") {
      throw new TamisError("timeout", `The ${shape} webhook did not answer within ${timeoutMs / 1000} s.`);
    }
    const code = typeof cause?.code === "string" ? ` (${cause.code})` : "";
    throw new TamisError("unavailable", `The ${shape} webhook cannot be reached${code}.`);
  }
  if (response.ok) return;
  const { status } = response;
  if (status === 429 || status >= 500) {
    const seconds = retryAfterSeconds(response.headers.get("retry-after"), new Date());
    throw new TamisError("unavailable", `The ${shape} webhook answered ${status}.`, {
      details: { status, ...(seconds !== undefined && { retryAfterSeconds: seconds }) },
    });
  }
  throw new TamisError(
    "configuration",
    `The ${shape} webhook answered ${status} and does not take alerts; check its URL and its shape.`,
    { details: { status } },
  );
}
