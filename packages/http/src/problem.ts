import { z } from "@hono/zod-openapi";
import { type ErrorCode, isTamisError } from "@tamis/core";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { AppEnv } from "./services.ts";

/** What is wrong with one part of a request: a JSON pointer into its body, or the name of a parameter. */
export const ProblemPart = z.object({
  detail: z.string(),
  pointer: z.string().optional(),
  parameter: z.string().optional(),
});
export type ProblemPart = z.infer<typeof ProblemPart>;

/**
 * Every error answer, `application/problem+json`. `type` is `urn:tamis:problem:` and one of
 * {@link problemKinds} and never changes; `instance` is the request id, the one in the log.
 *
 * @source RFC 9457
 */
export const Problem = z
  .object({
    type: z.string().openapi({ example: "urn:tamis:problem:not-found" }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    instance: z.string().openapi({ description: "The request id." }),
    errors: z.array(ProblemPart).optional(),
  })
  .openapi("Problem");
export type Problem = z.infer<typeof Problem>;

interface Kind {
  readonly status: ContentfulStatusCode;
  readonly title: string;
}

/** The one table from error code to HTTP status; the second part is what only HTTP itself can find wrong. */
export const problemKinds = {
  invalid_input: { status: 422, title: "The request is not valid" },
  data_load: { status: 422, title: "The data cannot be read" },
  analysis: { status: 422, title: "There is no defined answer on this data" },
  configuration: { status: 500, title: "Internal error" },
  database: { status: 500, title: "Internal error" },
  not_found: { status: 404, title: "Not found" },
  conflict: { status: 409, title: "Conflict" },
  refused: { status: 409, title: "Refused by a rule" },
  unauthenticated: { status: 401, title: "A token is needed" },
  forbidden: { status: 403, title: "Not allowed" },
  unsupported: { status: 501, title: "Not supported" },
  unavailable: { status: 503, title: "Not available now" },
  no_space: { status: 507, title: "No space left" },
  timeout: { status: 504, title: "It took too long" },
  aborted: { status: 503, title: "Cancelled" },
  corrupt_data: { status: 503, title: "Stored data is damaged" },
  malformed_request: { status: 400, title: "The request cannot be read" },
  method_not_allowed: { status: 405, title: "Method not allowed" },
  payload_too_large: { status: 413, title: "The body is too large" },
  unsupported_media_type: { status: 415, title: "Unsupported media type" },
  misdirected_request: { status: 421, title: "Unknown host name" },
  too_many_requests: { status: 429, title: "Too many requests" },
  internal_error: { status: 500, title: "Internal error" },
} as const satisfies Record<ErrorCode, Kind> & Record<string, Kind>;

/** A key of {@link problemKinds}; in `type` its words are joined by `-`. */
export type ProblemKind = keyof typeof problemKinds;

/** Builds the document; the answer's status is its `status`. */
export function problem(
  kind: ProblemKind,
  detail: string,
  instance: string,
  errors?: readonly ProblemPart[],
): Problem & { readonly status: ContentfulStatusCode } {
  const { status, title } = problemKinds[kind];
  return {
    type: `urn:tamis:problem:${kind.replaceAll("_", "-")}`,
    title,
    status,
    detail,
    instance,
    ...(errors === undefined ? {} : { errors: [...errors] }),
  };
}

/**
 * The problem document of anything thrown. What maps to 500 says nothing of the cause: its message and stack
 * are for the log.
 */
export function problemOf(error: unknown, instance: string): Problem & { status: ContentfulStatusCode } {
  const found = kindOf(error);
  if (problemKinds[found.kind].status === 500) {
    return problem(
      found.kind === "internal_error" ? "internal_error" : found.kind,
      "Something failed on the server. Its log has the cause under this request id.",
      instance,
    );
  }
  return problem(found.kind, found.detail, instance, found.errors);
}

/** Answers with a problem document. */
export function answerProblem(
  context: Context<AppEnv>,
  kind: ProblemKind,
  detail: string,
  errors?: readonly ProblemPart[],
): Response {
  return problemResponse(context, problem(kind, detail, context.get("requestId"), errors));
}

/** The 429 of a caller who asked too often. */
export function answerTooMany(context: Context<AppEnv>, retryAfterMs: number, why: string): Response {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  context.header("Retry-After", String(seconds));
  return answerProblem(context, "too_many_requests", `${why} Try again in ${seconds} s.`);
}

/** Sends a problem document as it is. */
export function problemResponse(context: Context<AppEnv>, body: Problem): Response {
  return context.body(JSON.stringify(body), body.status as ContentfulStatusCode, {
    "Content-Type": "application/problem+json",
    "Cache-Control": "no-store",
  });
}

/** The 422 of a request whose body, query or path does not fit its schema. */
export function answerInvalid(context: Context<AppEnv>, target: string, error: z.ZodError): Response {
  const errors = error.issues.flatMap((issue) => parts(target, issue));
  const named = errors.map((part) => part.pointer ?? part.parameter).join(", ");
  return answerProblem(context, "invalid_input", `Not valid: ${named}. See errors.`, errors);
}

interface Found {
  readonly kind: ProblemKind;
  readonly detail: string;
  /** The places of the body that an error's details name as `pointers`. */
  readonly errors?: readonly ProblemPart[] | undefined;
}

function kindOf(error: unknown): Found {
  if (isTamisError(error)) {
    const { pointers } = error.details;
    const errors = Array.isArray(pointers)
      ? pointers.map((pointer: string) => ({ pointer, detail: error.message }))
      : undefined;
    return { kind: error.code, detail: error.message, errors };
  }
  if (error instanceof HTTPException) {
    if (error.status === 400) {
      return { kind: "malformed_request", detail: "The body is not a JSON document." };
    }
    if (error.status === 415) {
      return { kind: "unsupported_media_type", detail: "Send the body as Content-Type: application/json." };
    }
  }
  return { kind: "internal_error", detail: "" };
}

function parts(target: string, issue: z.ZodError["issues"][number]): ProblemPart[] {
  const unknown = issue.code === "unrecognized_keys" ? issue.keys : undefined;
  if (unknown) {
    return unknown.map((key) => ({ ...place(target, [...issue.path, key]), detail: "is not a known field" }));
  }
  return [{ ...place(target, issue.path), detail: sentence(issue) }];
}

/** The message without its prefix; for alternatives, what each of them expected. */
function sentence(issue: z.ZodError["issues"][number]): string {
  if (issue.code !== "invalid_union") return issue.message.replace(/^Invalid input: /, "");
  return [...new Set(issue.errors.flat().map(sentence))].join(", or ") || issue.message;
}

function place(target: string, path: readonly PropertyKey[]): Pick<ProblemPart, "pointer" | "parameter"> {
  if (target !== "json") return { parameter: path.map(String).join(".") };
  const escaped = path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`);
  return { pointer: `#${escaped.join("")}` };
}
