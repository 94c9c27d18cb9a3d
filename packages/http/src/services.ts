import type { EnvironmentName, Log, Role } from "@tamis/core";
import type { Tamis } from "@tamis/storage";
import type { CoalescingAudit } from "./coalescing-audit.ts";
import type { Jobs } from "./jobs-thread.ts";

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
   * SHA-256 of each bearer token of an administrator ({@link hashToken}). When given, everything but the public
   * paths needs one; when not, the service answers to loopback names only.
   */
  readonly tokenHashes?: readonly string[];
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
    /** For what may be refused very often. */
    readonly audit: CoalescingAudit;
  };
}

/** The registered model a service serves. */
export function modelName(services: Services): string {
  return services.model ?? "Best_Film_Recommender";
}
