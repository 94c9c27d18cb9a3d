import { beginSession, endSession, type Records, tokenOfSession } from "@tamis/storage";
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { CookieOptions } from "hono/utils/cookie";
import type { KnownTokens } from "./known-tokens.ts";
import type { Actor, AppEnv } from "./services.ts";

/** Browsers that signed in with a token: half an hour without a request, twelve hours at most. */
export interface Sessions {
  /** Whose session the request's cookie is, as long as the token behind it lets somebody in. */
  actorOf(context: Context<AppEnv>): Promise<Actor | undefined>;
  /** Signs in, and out before. */
  begin(context: Context<AppEnv>, tokenId: string): Promise<void>;
  end(context: Context<AppEnv>): Promise<void>;
}

/** The cookie over TLS, where the prefix keeps other hosts and plain HTTP from setting it. */
const secureName = "__Host-tamis_session";
const plainName = "tamis_session";

export function browserSessions(tools: {
  readonly records: Records;
  readonly tokens: KnownTokens;
  readonly now: () => Date;
}): Sessions {
  const { records, tokens, now } = tools;
  return {
    async actorOf(context) {
      const secret = secretOf(context);
      const tokenId = secret && (await tokenOfSession(records, secret, now()));
      return tokenId ? await tokens.holderOfId(tokenId) : undefined;
    },
    async begin(context, tokenId) {
      const former = secretOf(context);
      if (former) await endSession(records, former);
      const secret = await beginSession(records, tokenId, now());
      const { name, options } = cookieOf(context);
      setCookie(context, name, secret, options);
    },
    async end(context) {
      const secret = secretOf(context);
      if (secret) await endSession(records, secret);
      const { name, options } = cookieOf(context);
      deleteCookie(context, name, options);
    },
  };
}

function secretOf(context: Context): string | undefined {
  if (context.req.header("Cookie") === undefined) return undefined;
  return getCookie(context, cookieOf(context).name);
}

/** A proxy says by `X-Forwarded-Proto` that the browser speaks TLS; a browser that lies about it harms itself only. */
function cookieOf(context: Context): { name: string; options: CookieOptions } {
  const secure =
    context.req.url.startsWith("https:") || context.req.header("X-Forwarded-Proto")?.trim() === "https";
  return {
    name: secure ? secureName : plainName,
    options: { httpOnly: true, sameSite: "Strict", secure, path: "/" },
  };
}
