import type { EnvironmentName, Log, Role } from "@tamis/core";
import type { Tamis } from "@tamis/storage";
import type { AnswerOnce } from "./answer-once.ts";
import type { CoalescingAudit } from "./coalescing-audit.ts";
import type { Jobs } from "./jobs-thread.ts";
import type { RateLimit } from "./rate-limit.ts";

/** What the service is built on. Stores are opened, and closed, by the caller. */
export interface Services {
  readonly tamis: Tamis;
  /** Shown on every page. */
  readonly environment: EnvironmentName;
  /** @default a log that goes nowhere */
  readonly log?: Log;
  /** Registered model whose champion is served. @default "Best_Film_Recommender" */
  readonly model?: string;
  /**
   * Whether everything but the public paths needs a token: one of the records, or one of `tokenHashes`. When not,
   * the service answers to loopback names only, and whoever asks is an administrator.
   *
   * @default whether there are `tokenHashes`
   */
  readonly requiresToken?: boolean;
  /** SHA-256 of further tokens of administrators, as `hashToken` makes it. */
  readonly tokenHashes?: readonly string[];
  /** @default 500 requests a second and 1,000 at once for each token; no limit without tokens */
  readonly rateLimit?: RateLimit;
  /** Origins, such as `https://shop.example`, whose pages may call the service with a token. @default none */
  readonly corsOrigins?: readonly string[];
  /** How many proxies stand in front and add to `X-Forwarded-For`. @default 0: that header is not looked at */
  readonly trustedProxies?: number;
  /**
   * Whether each answer of `/predict/` is also written as CSV to the object store, `predictions/user_ID_top_N.csv`: a
   * file for each answer, before it is sent. @default false
   */
  readonly savePredictions?: boolean;
  /** The thread that does the service's own runs, for its health. @default runs are left to other workers */
  readonly jobs?: Pick<Jobs, "health">;
  /** @default () => new Date() */
  readonly now?: () => Date;
  /** Seeds what is drawn at random: a whole number below 2^32. @default crypto.randomInt */
  readonly newSeed?: () => number;
  /** Makes request ids. @default crypto.randomUUID */
  readonly newId?: () => string;
}

/** Who asks. */
export interface Actor {
  /** Name of the token, or `loopback` when the service has no tokens. */
  readonly name: string;
  readonly role: Role;
  /** `null` without tokens. */
  readonly tokenId: string | null;
}

/** What every handler finds in its context. */
export interface AppEnv {
  readonly Variables: {
    readonly requestId: string;
    /** Not there on public paths. */
    readonly actor: Actor;
    /** Whether the actor is a browser with a session. */
    readonly signedIn?: boolean;
    readonly answerOnce: AnswerOnce;
    /** For what may be refused very often. */
    readonly audit: CoalescingAudit;
  };
}

/** The registered model a service serves. */
export function modelName(services: Services): string {
  return services.model ?? "Best_Film_Recommender";
}
