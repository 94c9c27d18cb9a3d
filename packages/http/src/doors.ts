import { type Log, TamisError } from "@tamis/core";
import type { MiddlewareHandler } from "hono";
import { type Admissions, admissions } from "./admission.ts";
import { answerOnce } from "./answer-once.ts";
import { demandActor, identify } from "./authenticate.ts";
import { coalescingAudit } from "./coalescing-audit.ts";
import { allowOrigins } from "./cross-origin.ts";
import { knownTokens } from "./known-tokens.ts";
import { onlyLoopbackHosts } from "./loopback.ts";
import { limitRate } from "./rate-limit.ts";
import { sameOrigin } from "./same-origin.ts";
import type { AppEnv, Services } from "./services.ts";
import { browserSessions, type Sessions } from "./sessions.ts";

/** What stands between a request and its route: who asks, how often, from where. */
export interface Doors {
  readonly requiresToken: boolean;
  /** In this order, before every route. */
  readonly middleware: readonly MiddlewareHandler<AppEnv>[];
  readonly admissions: Admissions;
  readonly sessions: Sessions;
  /** Writes what is still to be remembered. */
  close(): Promise<void>;
}

/** @throws configuration for a token hash or an origin that is none */
export function openDoors(services: Services, log: Log, now: () => Date): Doors {
  const { tokenHashes = [], corsOrigins = [], trustedProxies = 0 } = services;
  const requiresToken = services.requiresToken ?? tokenHashes.length > 0;
  const rate = services.rateLimit ?? (requiresToken ? {} : { perSecond: 0 });
  for (const origin of corsOrigins) checkOrigin(origin);

  const { records } = services.tamis;
  const audit = coalescingAudit({ records, log, now });
  const tokens = knownTokens({ records, hashes: tokenHashes, log, now });
  const sessions = browserSessions({ records, tokens, now });
  const admitting = admissions({ tokens, audit });
  const once = answerOnce({ records, log, now });

  const middleware: MiddlewareHandler<AppEnv>[] = [
    (context, next) => {
      context.set("audit", audit);
      context.set("answerOnce", once);
      return next();
    },
    requiresToken
      ? identify({ admissions: admitting, sessions, proxies: trustedProxies })
      : onlyLoopbackHosts,
    sameOrigin(corsOrigins),
  ];
  if (corsOrigins.length > 0) middleware.unshift(allowOrigins(corsOrigins));
  if (rate.perSecond !== 0) middleware.push(limitRate(rate, trustedProxies));
  if (requiresToken) middleware.push(demandActor);
  return {
    requiresToken,
    middleware,
    admissions: admitting,
    sessions,
    close: async () => {
      await audit.close();
      await tokens.close();
    },
  };
}

function checkOrigin(origin: string): void {
  if (URL.canParse(origin) && new URL(origin).origin === origin && !origin.includes("*")) return;
  throw new TamisError(
    "configuration",
    `“${origin}” is not an origin; name each one in full, such as https://shop.example. There is no “*”.`,
  );
}
