import type { MiddlewareHandler } from "hono";
import { clientAddress } from "./client-address.ts";
import { answerTooMany } from "./problem.ts";
import { isQuiet } from "./public-paths.ts";
import type { AppEnv } from "./services.ts";
import { tokenBuckets } from "./token-buckets.ts";

/** How much one caller may ask. */
export interface RateLimit {
  /** Requests a second in the long run; 0: no limit. @default 500 */
  readonly perSecond?: number;
  /** Requests at once after a rest. @default twice `perSecond` */
  readonly burst?: number;
}

/**
 * A token bucket for each token, and for each address where there is none. Every answer tells what is left, in the
 * fields `RateLimit` and `RateLimit-Policy`; beyond the limit it is 429. Health and metrics are not counted.
 *
 * @param proxies - see `clientAddress`
 * @source draft-ietf-httpapi-ratelimit-headers-11
 */
export function limitRate(
  { perSecond = 500, burst = 2 * perSecond }: RateLimit,
  proxies: number,
): MiddlewareHandler<AppEnv> {
  const buckets = tokenBuckets({ perSecond, burst });
  const policy = `"default";q=${burst};w=${Math.max(1, Math.ceil(burst / perSecond))}`;
  return async (context, next) => {
    if (isQuiet(context.req.path)) return next();
    const key = context.get("actor")?.tokenId ?? clientAddress(context, proxies);
    const { allowed, remaining, fullInMs, nextInMs } = buckets.take(key);
    context.header("RateLimit-Policy", policy);
    context.header("RateLimit", `"default";r=${remaining};t=${Math.ceil(fullInMs / 1000)}`);
    if (allowed) return next();
    return answerTooMany(context, nextInMs, `More than ${perSecond} requests a second.`);
  };
}
