import { TamisError } from "@tamis/core";
import type { Context, MiddlewareHandler } from "hono";
import { isPublic } from "./public-paths.ts";
import type { AppEnv } from "./services.ts";

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Keeps other web sites from changing anything through somebody's browser (CSRF). That is possible where a browser
 * lets its owner in without a token of the page's own: by a session, by the forms to sign in and out, and without tokens on
 * this machine. There, what is not a read must come from our own pages, or from an origin that may call us; on this
 * machine also from a program, which sends neither `Sec-Fetch-Site` nor `Origin`.
 *
 * @param origins - origins that CORS lets in; they never come with a session
 * @throws forbidden
 */
export function sameOrigin(origins: readonly string[]): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    if (safeMethods.has(context.req.method)) return next();
    const byBrowser = context.get("signedIn") === true || isPublic(context.req.path);
    const byLoopback = context.get("actor")?.tokenId === null;
    if (!byBrowser && !byLoopback) return next();
    const from = sender(context, byBrowser ? [] : origins);
    if (from === "ours" || (from === "unknown" && !byBrowser)) return next();
    throw new TamisError("forbidden", "Another site may not do this. Use the service's own pages.");
  };
}

function sender(context: Context, origins: readonly string[]): "ours" | "other" | "unknown" {
  const origin = context.req.header("Origin");
  if (origin !== undefined && origins.includes(origin)) return "ours";
  const site = context.req.header("Sec-Fetch-Site");
  if (site !== undefined) return site === "same-origin" || site === "none" ? "ours" : "other";
  if (origin === undefined) return "unknown";
  return URL.canParse(origin) && new URL(origin).host === context.req.header("Host") ? "ours" : "other";
}
