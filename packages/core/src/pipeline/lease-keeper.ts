import { isTamisError, TamisError } from "../errors.ts";
import type { IncidentChange, Lease, LedgerEntry, RunLedger } from "../ports/run-ledger.ts";
import type { Progress } from "../progress.ts";
import { retry } from "./retry.ts";
import { type Sleep, sleep } from "./sleep.ts";

/** Holds the lease of a run while it is worked on, and speaks to the ledger in its name. */
export interface LeaseKeeper {
  readonly lease: Lease;
  /** Fires when the run was lost or its cancellation was asked for. */
  readonly signal: AbortSignal;
  /** Why the run is no longer ours, if so. */
  lost(): TamisError | undefined;
  /** Writes to the ledger, patiently; a final failure means that the run is lost. */
  record(entry: LedgerEntry): Promise<IncidentChange | null>;
  /** The progress that the next heartbeat takes along. */
  report(progress: Progress): void;
  /** Ends the heartbeat. */
  stop(): Promise<void>;
}

export interface LeaseKeeperOptions {
  readonly ledger: RunLedger;
  readonly lease: Lease;
  readonly leaseMs: number;
  readonly sleep: Sleep | undefined;
  readonly random: (() => number) | undefined;
}

/** A database that restarts is waited for, about a minute in all. */
const patience = { attempts: 12, baseMs: 200, capMs: 10_000 };

/** News of a run is written this often, in ms. */
const newsMs = 1000;

/**
 * Renews the lease each third of its length, and each second while there is news: so soon others see progress, and the
 * run a cancellation. An unanswered heartbeat is no loss: whether it was one, the next word tells.
 */
export function keepLease({ ledger, lease, leaseMs, ...timing }: LeaseKeeperOptions): LeaseKeeper {
  const interruption = new AbortController();
  const stopping = new AbortController();
  let progress: Progress | undefined;
  let lost: TamisError | undefined;

  function lose(error: unknown): void {
    lost ??= isTamisError(error)
      ? error
      : new TamisError("unavailable", "The run ledger does not answer.", { cause: error });
    interruption.abort(lost);
  }

  async function beat(): Promise<void> {
    const turnMs = Math.min(leaseMs / 3, newsMs);
    let told: Progress | undefined;
    let silentMs = 0;
    while (!interruption.signal.aborted) {
      await sleep(turnMs, stopping.signal);
      silentMs += turnMs;
      if (progress === told && silentMs < leaseMs / 3) continue;
      told = progress;
      silentMs = 0;
      try {
        const { cancelRequested } = await ledger.renew(lease, leaseMs, progress);
        if (cancelRequested) interruption.abort(new TamisError("aborted", "The run was cancelled."));
      } catch (error) {
        if (isTamisError(error) && error.code === "conflict" && !stopping.signal.aborted) lose(error);
      }
    }
  }
  const beating = beat().catch(() => {}); // the sleep that `stop` interrupts

  return {
    lease,
    signal: interruption.signal,
    lost: () => lost,
    async record(entry) {
      try {
        return await retry(() => ledger.record(lease, entry), { ...patience, ...timing });
      } catch (error) {
        lose(error);
        throw lost;
      }
    },
    report(next) {
      progress = next;
    },
    stop() {
      stopping.abort();
      return beating;
    },
  };
}
