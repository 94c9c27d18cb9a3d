import { tokenId } from "@tamis/storage";
import type { CoalescingAudit } from "./coalescing-audit.ts";
import type { KnownTokens } from "./known-tokens.ts";
import type { Actor } from "./services.ts";
import { tokenBuckets } from "./token-buckets.ts";

/** Who came in, or why nobody did. */
export type Admission =
  | { readonly actor: Actor }
  | { readonly refused: "unknown" }
  | { readonly refused: "too_many"; readonly retryAfterMs: number };

export interface Admissions {
  /** Looks at a token that was shown from an address. Failures are audited as `access.guess`. */
  admit(token: string, from: { readonly address: string; readonly requestId: string }): Promise<Admission>;
}

/** Failures from one address: ten at once, then one every six seconds. */
const guesses = { perSecond: 1 / 6, burst: 10 } as const;

/**
 * Lets holders of known tokens in. From an address that failed too often, a token that was chosen by a person is not
 * even looked at; one of ours is, because nobody guesses 256 bits, and whoever shares that address must not be locked
 * out by its failures.
 */
export function admissions(tools: {
  readonly tokens: KnownTokens;
  readonly audit: CoalescingAudit;
}): Admissions {
  const { tokens, audit } = tools;
  const failures = tokenBuckets(guesses);
  return {
    async admit(token, { address, requestId }) {
      const id = tokenId(token);
      const before = failures.look(address);
      if (before.allowed || id !== undefined) {
        const actor = await tokens.holderOf(token);
        if (actor !== undefined) return { actor };
      }
      await audit.write({
        actor: "unknown",
        action: "access.guess",
        subject: address,
        outcome: "denied",
        reason: "The token that was shown is not known, expired or revoked.",
        requestId,
        details: id === undefined ? {} : { token_id: id },
      });
      const { allowed, nextInMs } = failures.take(address);
      return allowed ? { refused: "unknown" } : { refused: "too_many", retryAfterMs: nextInMs };
    },
  };
}
