/** What is left to a caller after a request. */
interface Allowance {
  readonly allowed: boolean;
  /** Whole requests that may follow at once. */
  readonly remaining: number;
  /** Milliseconds until all of the burst is there again. */
  readonly fullInMs: number;
  /** Milliseconds until the next request is allowed. */
  readonly nextInMs: number;
}

/** Buckets of one size, one a caller. */
export interface TokenBuckets {
  /** Takes one token of a caller's bucket, if there is one. */
  take(key: string): Allowance;
  /** The same without taking. */
  look(key: string): Allowance;
}

export interface TokenBucketOptions {
  readonly perSecond: number;
  /** Tokens of a full bucket. */
  readonly burst: number;
  /** Milliseconds of a clock that never goes back. @default performance.now */
  readonly clock?: () => number;
  /** Buckets kept; the oldest one makes room, so its caller starts with a full one. @default 10_000 */
  readonly most?: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** Token buckets: `burst` at once, then `perSecond` a second. */
export function tokenBuckets(options: TokenBucketOptions): TokenBuckets {
  const { perSecond, burst, clock = () => performance.now(), most = 10_000 } = options;
  const perMs = perSecond / 1000;
  const buckets = new Map<string, Bucket>();

  function filled(key: string): Bucket {
    const at = clock();
    const bucket = buckets.get(key);
    if (bucket === undefined) return { tokens: burst, at };
    bucket.tokens = Math.min(burst, bucket.tokens + (at - bucket.at) * perMs);
    bucket.at = at;
    return bucket;
  }

  function allowance(allowed: boolean, tokens: number): Allowance {
    return {
      allowed,
      remaining: Math.floor(tokens),
      fullInMs: (burst - tokens) / perMs,
      nextInMs: tokens >= 1 ? 0 : (1 - tokens) / perMs,
    };
  }

  return {
    take(key) {
      const bucket = filled(key);
      const allowed = bucket.tokens >= 1;
      if (allowed) bucket.tokens--;
      if (!buckets.has(key)) {
        if (buckets.size >= most) buckets.delete(buckets.keys().next().value as string);
        buckets.set(key, bucket);
      }
      return allowance(allowed, bucket.tokens);
    },
    look(key) {
      const { tokens } = filled(key);
      return allowance(tokens >= 1, tokens);
    },
  };
}
