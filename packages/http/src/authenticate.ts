import { TamisError } from "@tamis/core";
import { tokenHash } from "@tamis/storage";
import type { MiddlewareHandler } from "hono";
import type { Admission, Admissions } from "./admission.ts";
import { clientAddress } from "./client-address.ts";
import { answerProblem, answerTooMany } from "./problem.ts";
import { isPublic } from "./public-paths.ts";
import type { AppEnv } from "./services.ts";
import type { Sessions } from "./sessions.ts";

/** The shortest token accepted, in characters. */
export const minTokenLength = 16;

/**
 * What is kept of a bearer token: its SHA-256, 64 hexadecimal digits.
 *
 * @throws configuration for a token of less than {@link minTokenLength} characters (`CHANGE_ME` among them) or
 * with a blank in it
 */
export function hashToken(token: string): string {
  if (token.length < minTokenLength || /\s/.test(token)) {
    throw new TamisError(
      "configuration",
      `A token needs at least ${minTokenLength} characters and no blank. Make one with: openssl rand -hex 32`,
    );
  }
  return tokenHash(token);
}

/**
 * Finds out who asks: by the `Authorization: Bearer` token, or by the session of a browser that signed in. A token
 * that is not known is refused; a request without one goes on as nobody's.
 */
export function identify(tools: {
  readonly admissions: Admissions;
  readonly sessions: Sessions;
  readonly proxies: number;
}): MiddlewareHandler<AppEnv> {
  const { admissions, sessions, proxies } = tools;
  return async (context, next) => {
    const header = context.req.header("Authorization");
    const token = header === undefined ? undefined : /^Bearer +(\S+)$/i.exec(header)?.[1];
    if (token === undefined) {
      const actor = await sessions.actorOf(context);
      if (actor !== undefined) {
        context.set("actor", actor);
        context.set("signedIn", true);
      }
      return next();
    }
    const address = clientAddress(context, proxies);
    const admission = await admissions.admit(token, { address, requestId: context.get("requestId") });
    if (!("actor" in admission)) return answerRefused(context, admission);
    context.set("actor", admission.actor);
    return next();
  };
}

function answerRefused(
  context: Parameters<MiddlewareHandler<AppEnv>>[0],
  admission: Exclude<Admission, { actor: unknown }>,
): Response {
  if (admission.refused === "too_many") {
    return answerTooMany(context, admission.retryAfterMs, "Too many tokens that are not known.");
  }
  context.header("WWW-Authenticate", 'Bearer error="invalid_token"');
  return answerProblem(context, "unauthenticated", "This token is not one of the service's.");
}

/** Sends back whoever was not identified, but for public paths: a page to sign in, everything else with 401. */
export const demandActor: MiddlewareHandler<AppEnv> = async (context, next) => {
  if (context.get("actor") !== undefined || isPublic(context.req.path)) return next();
  const { method, path, url } = context.req;
  if (method === "GET" && context.req.header("Accept")?.includes("text/html")) {
    const query = new URL(url).search;
    return context.redirect(`/login?${new URLSearchParams({ next: path + query })}`, 303);
  }
  context.header("WWW-Authenticate", "Bearer");
  return answerProblem(context, "unauthenticated", "Send the header Authorization: Bearer TOKEN.");
};
