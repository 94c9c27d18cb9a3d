import { type Log, silentLog } from "@tamis/core";
import { addRecommendations, type LoggedRecommendation, type Records } from "@tamis/storage";

/** Keeps what was recommended, in batches beside the requests. */
export interface RecommendationLog {
  /** Takes a list; never waits, never throws. */
  add(list: LoggedRecommendation): void;
  /** Lists that were not kept, because too many waited. */
  dropped(): number;
  /** Resolves when what waits now is written, or cannot be. */
  flush(): Promise<void>;
}

export interface RecommendationLogOptions {
  readonly log?: Log;
  /** How long a list may wait for others, in milliseconds. @default 200 */
  readonly everyMs?: number;
  /** Lists that may wait while the records do not take them; more are dropped. @default 10_000 */
  readonly most?: number;
}

/** Lists of one transaction: some milliseconds on SQLite. */
const batchLength = 256;

/** A log that cannot write keeps what it has and tries again with the next batch. */
export function createRecommendationLog(
  records: Records,
  { log = silentLog, everyMs = 200, most = 10_000 }: RecommendationLogOptions = {},
): RecommendationLog {
  const waiting: LoggedRecommendation[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  let dropped = 0;
  let told = 0;

  async function write(): Promise<void> {
    try {
      while (waiting.length > 0) {
        const batch = waiting.slice(0, batchLength);
        await addRecommendations(records, batch);
        waiting.splice(0, batch.length);
      }
    } catch (error) {
      log.error("recommendations not logged yet", { waiting: waiting.length, error });
    }
    if (dropped > told) log.error("recommendations not logged", { dropped: dropped - told, most });
    told = dropped;
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    writing ??= write().finally(() => {
      writing = undefined;
    });
    return writing;
  }

  return {
    add(list) {
      if (waiting.length >= most) dropped++;
      else waiting.push(list);
      timer ??= setTimeout(flush, everyMs);
    },
    dropped: () => dropped,
    flush,
  };
}
