import { createHash, randomUUID } from "node:crypto";
import type { Log } from "@tamis/core";
import {
  claimKey,
  type KeptAnswer,
  type KeyedRequest,
  keepAnswer,
  type Records,
  releaseKey,
  renewKey,
} from "@tamis/storage";
import type { Context, MiddlewareHandler } from "hono";
import { answerProblem } from "./problem.ts";
import type { AppEnv } from "./services.ts";

/** Does what a request with an `Idempotency-Key` asks for once, however often it comes. */
export type AnswerOnce = MiddlewareHandler<AppEnv>;

/** How long an attempt counts as alive without a sign of life, in milliseconds: after a crash its key is free then. */
const leaseMs = 60_000;
/** The longest answer that is kept, in characters. */
const mostKept = 262_144;
/** What of an answer's headers belongs to the answer, not to the request that it was given to. */
const keptHeaders = ["Content-Type", "Location", "ETag", "Cache-Control"] as const;

/**
 * An answer that says that something was done (2xx, 3xx) is kept for 24 hours, by caller and key, and given again
 * with `Idempotency-Replayed: true`; after any other the key is free again. The same key with another request is
 * refused with 422; while the first attempt works, others get 409. An attempt that died frees the key in a minute.
 *
 * @source draft-ietf-httpapi-idempotency-key-header-08
 */
export function answerOnce(tools: {
  readonly records: Records;
  readonly log: Log;
  readonly now: () => Date;
  /** @default 60_000 */
  readonly leaseMs?: number;
}): AnswerOnce {
  const { records, log, now } = tools;
  const lease = tools.leaseMs ?? leaseMs;
  const leaseEnd = () => new Date(now().getTime() + lease);
  const quietly = (work: Promise<void>) =>
    work.catch((error) => log.error("idempotency key not written", { error }));

  return async (context, next) => {
    const header = context.req.header("Idempotency-Key");
    if (header === undefined) return next();
    const key = /^"?([\x21\x23-\x7e]{1,255})"?$/.exec(header.trim())?.[1];
    if (key === undefined) {
      return answerProblem(
        context,
        "malformed_request",
        "An Idempotency-Key is 1 to 255 characters without blanks and quotes; a UUID is a good one.",
      );
    }
    const request = await keyedRequest(context, key);
    const claim = await claimKey(records, request, now(), leaseEnd());
    if (claim.state === "answered") return replay(context, claim.answer);
    if (claim.state !== "claimed") return answerTaken(context, claim.state);

    const alive = setInterval(() => quietly(renewKey(records, request, leaseEnd())), lease / 3).unref();
    try {
      await next();
      const { status } = context.res;
      if (status < 200 || status >= 400) return await quietly(releaseKey(records, request));
      await quietly(keepAnswer(records, request, await keptAnswer(context.res)));
    } finally {
      clearInterval(alive);
    }
  };
}

async function keyedRequest(context: Context<AppEnv>, key: string): Promise<KeyedRequest> {
  const { method, url } = context.req;
  const { pathname, search } = new URL(url);
  const type = context.req.header("Content-Type") ?? "";
  const digest = createHash("sha256")
    .update(JSON.stringify([method, pathname, search, type]))
    .update(new Uint8Array(await context.req.arrayBuffer()))
    .digest("hex");
  const { tokenId, name } = context.get("actor");
  return { caller: tokenId ?? name, key, digest, holder: randomUUID() };
}

/** Of a long answer, or one that is no text, only that it was given. */
async function keptAnswer(response: Response): Promise<KeptAnswer> {
  const headers = Object.fromEntries(
    keptHeaders.flatMap((name) => {
      const value = response.headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
  const type = response.headers.get("Content-Type") ?? "";
  const isText =
    response.body === null || /^(?:application\/(?:[\w.+-]*\+)?json|text\/(?!event-stream))/.test(type);
  const body = isText ? await response.clone().text() : undefined;
  return {
    status: response.status,
    headers,
    body: body === undefined || body.length > mostKept ? null : body,
  };
}

function replay(context: Context<AppEnv>, { status, headers, body }: KeptAnswer): Response {
  if (body === null) {
    return answerProblem(
      context,
      "conflict",
      "This was done under the same Idempotency-Key, and its answer was too long to keep. Ask for the result itself.",
    );
  }
  context.header("Idempotency-Replayed", "true");
  return context.newResponse(body === "" ? null : body, status as 200, { ...headers });
}

function answerTaken(context: Context<AppEnv>, state: "in_flight" | "other_request"): Response {
  if (state === "other_request") {
    return answerProblem(
      context,
      "invalid_input",
      "This Idempotency-Key belongs to another request. Give each request a key of its own.",
    );
  }
  context.header("Retry-After", "1");
  return answerProblem(context, "conflict", "A request with this Idempotency-Key is being worked on.");
}
