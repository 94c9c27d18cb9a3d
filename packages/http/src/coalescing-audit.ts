import type { Log } from "@tamis/core";
import { type AuditEntry, type Records, writeAudit } from "@tamis/storage";

/** An audit of what may happen thousands of times a second. */
export interface CoalescingAudit {
  /**
   * Writes the first entry of its kind (actor, action and subject) at once. What follows in the same window is
   * counted, and written as one entry with the number in `details.times` when the window ends.
   */
  write(entry: AuditEntry): Promise<void>;
  /** Writes what is still counted. */
  close(): Promise<void>;
}

/** Kinds followed at the same time; beyond, all others of an action are one kind. */
const mostKinds = 1_000;

interface Kind {
  readonly entry: AuditEntry;
  readonly timer: NodeJS.Timeout;
  times: number;
}

/** Never rejects: what cannot be written is logged. */
export function coalescingAudit(tools: {
  readonly records: Records;
  readonly log: Log;
  readonly now: () => Date;
  /** @default 60_000 */
  readonly windowMs?: number;
}): CoalescingAudit {
  const { records, log, now, windowMs = 60_000 } = tools;
  const kinds = new Map<string, Kind>();
  const keep = (entry: AuditEntry) =>
    writeAudit(records, entry, now()).catch((error) => log.error("audit not written", { ...entry, error }));

  async function end(key: string): Promise<void> {
    const kind = kinds.get(key);
    kinds.delete(key);
    if (kind === undefined) return;
    clearTimeout(kind.timer);
    const { entry, times } = kind;
    if (times > 0) await keep({ ...entry, details: { ...entry.details, times } });
  }

  return {
    async write(given) {
      const { key, entry } = kindOf(given, (own) => kinds.has(own) || kinds.size < mostKinds);
      const known = kinds.get(key);
      if (known !== undefined) {
        known.times++;
        return;
      }
      const timer = setTimeout(() => end(key), windowMs).unref();
      kinds.set(key, { entry, timer, times: 0 });
      await keep(entry);
    },
    async close() {
      await Promise.all([...kinds.keys()].map(end));
    },
  };
}

function kindOf(entry: AuditEntry, hasRoom: (key: string) => boolean): { key: string; entry: AuditEntry } {
  const own = JSON.stringify([entry.actor, entry.action, entry.subject]);
  if (hasRoom(own)) return { key: own, entry };
  const { action, outcome } = entry;
  return {
    key: action,
    entry: { actor: "others", action, outcome, reason: "More kinds at a time than are told apart." },
  };
}
