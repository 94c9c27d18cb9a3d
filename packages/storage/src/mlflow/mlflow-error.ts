import { type ErrorCode, TamisError } from "@tamis/core";
import { retryAfterSeconds } from "../alerts/retry-after.ts";

/** What MLflow calls a failure, and what we do. */
const codes: Readonly<Record<string, ErrorCode>> = {
  RESOURCE_DOES_NOT_EXIST: "not_found",
  NOT_FOUND: "not_found",
  RESOURCE_ALREADY_EXISTS: "conflict",
  RESOURCE_CONFLICT: "conflict",
  INVALID_PARAMETER_VALUE: "invalid_input",
  INVALID_STATE: "invalid_input",
  MALFORMED_REQUEST: "invalid_input",
  BAD_REQUEST: "invalid_input",
  RESOURCE_EXHAUSTED: "invalid_input",
  UNAUTHENTICATED: "unauthenticated",
  PERMISSION_DENIED: "forbidden",
  NOT_IMPLEMENTED: "unsupported",
};

/**
 * The error of an answer that is not 2xx: 429 and 5xx are `unavailable`, what goes by itself; the rest says what is to
 * be changed, in the server's words.
 */
export async function mlflowError(response: Response, what: string, now: Date): Promise<TamisError> {
  const { status } = response;
  const text = (await response.text().catch(() => "")).slice(0, 10_000);
  const { error_code: name, message = "" } = parsed(text);
  if (status === 429 || (status >= 500 && status !== 501)) {
    const seconds = retryAfterSeconds(response.headers.get("retry-after"), now);
    return new TamisError("unavailable", `MLflow answered ${status} to ${what}.`, {
      details: { status, ...(seconds !== undefined && { retryAfterSeconds: seconds }) },
    });
  }
  const known = name === undefined ? undefined : codes[name];
  if (known !== undefined) {
    return new TamisError(known, `MLflow refused ${what}: ${message.slice(0, 1000)} (${name}).`, {
      details: { status },
    });
  }
  const [code, sentence] = unnamed(status, text);
  return new TamisError(code, `MLflow answered ${status} to ${what}: ${sentence}.`, { details: { status } });
}

function unnamed(status: number, text: string): [ErrorCode, string] {
  if (status === 401) {
    return [
      "unauthenticated",
      "it wants credentials; set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD",
    ];
  }
  if (status === 403 && /host/i.test(text)) {
    return [
      "configuration",
      "it does not know itself by this host name. Start it with --allowed-hosts (or MLFLOW_SERVER_ALLOWED_HOSTS) naming the host and port of our URL",
    ];
  }
  if (status === 403) return ["forbidden", "these credentials may not do this"];
  if (status === 404 || (status >= 300 && status < 400)) {
    return ["configuration", "there is no MLflow API at this URL; check it, its path included"];
  }
  return [status === 501 ? "unsupported" : "invalid_input", "it does not take this request"];
}

function parsed(text: string): { error_code?: string; message?: string } {
  try {
    const { error_code, message } = JSON.parse(text) as Record<string, unknown>;
    return {
      ...(typeof error_code === "string" && { error_code }),
      ...(typeof message === "string" && { message }),
    };
  } catch {
    return {};
  }
}
