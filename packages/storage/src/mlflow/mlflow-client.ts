import { type RetryOptions, retry, TamisError } from "@tamis/core";
import type { z } from "zod";
import { authorizationOf, environmentCredentials, type MlflowCredentials } from "./credentials.ts";
import { mlflowError } from "./mlflow-error.ts";

export interface MlflowClientOptions {
  /** Where the server is, with the path it is mounted under: `http://localhost:5000`. */
  readonly url: string;
  /** Asked before each request. @default {@link environmentCredentials} */
  readonly credentials?: () => MlflowCredentials;
  /** An answer that takes longer is a failure, in ms. @default 10_000 */
  readonly timeoutMs?: number;
  /** The same of a request that sends a file. @default 600_000 */
  readonly uploadTimeoutMs?: number;
  /** @default 4 tries, waits of up to 0.5, 1 and 2 s, or as long as the server asks */
  readonly retry?: RetryOptions;
  /** Ends every request and wait. */
  readonly signal?: AbortSignal;
  readonly now?: () => Date;
}

export interface MlflowRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Behind `/api/2.0/`: `mlflow/runs/get`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** Raw bytes, made anew for each try. */
  readonly bytes?: () => Promise<Uint8Array | AsyncIterable<Uint8Array>>;
}

/** The way to an MLflow server. */
export interface MlflowClient {
  /** Without a slash at its end. */
  readonly url: string;
  /**
   * One request, one try.
   *
   * @throws unavailable for 429, 5xx and no answer, timeout, unauthenticated, forbidden; configuration when this is no
   * MLflow server or its Host check keeps us out; not_found, conflict, invalid_input, unsupported as MLflow says
   */
  send(request: MlflowRequest): Promise<Response>;
  /** Does `work` again after a wait while it fails in a way that may pass. */
  retry<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Talks to an MLflow server over its REST API, with `fetch` alone.
 *
 * @throws configuration for a URL that is not http or https, or that holds a password
 *
 * @example
 * const client = mlflowClient({ url: "http://localhost:5000" });
 */
export function mlflowClient(options: MlflowClientOptions): MlflowClient {
  const {
    credentials = environmentCredentials,
    timeoutMs = 10_000,
    uploadTimeoutMs = 600_000,
    signal,
    now = () => new Date(),
  } = options;
  const url = parseUrl(options.url);
  return {
    url,
    async send({ method, path, query = {}, json, bytes }) {
      const what = `${method} ${path.slice(0, 200)}`;
      const authorization = authorizationOf(credentials());
      const search = new URLSearchParams(query).toString();
      const longest = bytes ? uploadTimeoutMs : timeoutMs;
      const limit = AbortSignal.timeout(longest);
      const request = {
        method,
        headers: {
          ...(authorization !== undefined && { authorization }),
          ...(json !== undefined && { "content-type": "application/json" }),
          ...(bytes && { "content-type": "application/octet-stream" }),
        },
        ...(json !== undefined && { body: JSON.stringify(json) }),
        ...(bytes && streamed(await bytes())),
        redirect: "manual",
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      } as RequestInit;
      const answer = await fetch(`${url}/api/2.0/${path}${search && `?${search}`}`, request).catch(
        (error) => {
          throw noAnswer(error, what, longest, signal);
        },
      );
      if (answer.ok) return answer;
      throw await mlflowError(answer, what, now());
    },
    retry: (work) =>
      retry(work, {
        ...{ attempts: 4, baseMs: 500, capMs: 30_000 },
        ...options.retry,
        ...(signal && { signal }),
      }),
  };
}

/** A request whose answer is JSON, tried again while that helps: only for what may be done twice. */
export function call<T>(client: MlflowClient, request: MlflowRequest, answer: z.ZodType<T>): Promise<T> {
  return client.retry(() => callOnce(client, request, answer));
}

/** The same with one try, for what would be there twice. */
export async function callOnce<T>(
  client: MlflowClient,
  request: MlflowRequest,
  answer: z.ZodType<T>,
): Promise<T> {
  const response = await client.send(request);
  const body = await response.json().catch(() => undefined);
  const parsed = answer.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new TamisError(
    "configuration",
    `The answer to ${request.path} is not MLflow's; is there an MLflow server at ${client.url}?`,
    { cause: parsed.error },
  );
}

function parseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "https:" && url?.protocol !== "http:") {
    throw new TamisError(
      "configuration",
      "The URL of MLflow is not an http or https URL; give the one of its server, e.g. http://localhost:5000.",
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new TamisError(
      "configuration",
      "The URL of MLflow holds a password. Take it out, and set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.",
    );
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

function streamed(bytes: Uint8Array | AsyncIterable<Uint8Array>) {
  if (bytes instanceof Uint8Array) return { body: bytes };
  return { body: ReadableStream.from(bytes), duplex: "half" };
}

/** The errors of fetch may quote a header: none of them is kept as a cause. */
function noAnswer(error: unknown, what: string, timeoutMs: number, signal?: AbortSignal): TamisError {
  if (signal?.aborted) return new TamisError("aborted", `${what} to MLflow was cancelled.`);
  const { name, cause } = error as Error & { cause?: { code?: unknown } };
  if (name === "TimeoutError") {
    return new TamisError("timeout", `MLflow did not answer ${what} within ${timeoutMs / 1000} s.`);
  }
  const code = typeof cause?.code === "string" ? ` (${cause.code})` : "";
  return new TamisError("unavailable", `MLflow cannot be reached${code}.`);
}
