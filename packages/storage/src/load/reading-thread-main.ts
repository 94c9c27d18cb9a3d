/** What runs in a `readingThread`: reads the file it is sent and posts what it finds. */
import { once } from "node:events";
import { parentPort } from "node:worker_threads";
import { isTamisError } from "@tamis/core";
import { checkedBytes } from "./checked-bytes.ts";
import { delimitedRatings } from "./delimited-ratings.ts";
import { localFile } from "./local-file.ts";
import type { IdBatch, RatingBatch } from "./rating-batch.ts";
import type { ReadingJob, ReadingMessage } from "./reading-thread.ts";
import { unpack } from "./unpack.ts";

const [job] = (await once(parentPort!, "message")) as [ReadingJob];
const { path, sha256, name, layout, scale, waiting, mostWaiting } = job;

try {
  const reader = delimitedRatings(layout, name, scale, {
    onBatch: (batch) => post({ batch: copyOf(batch) }),
    onReject: (reject) => post({ reject }),
  });
  for await (const chunk of unpack(counted(), name)) reader.push(chunk);
  reader.end();
  post({ end: true });
} catch (error) {
  const { message } = error as Error;
  post({ error: isTamisError(error) ? { code: error.code, message, details: error.details } : { message } });
}

async function* counted(): AsyncGenerator<Uint8Array> {
  const file = await localFile(path);
  let done = 0;
  for await (const chunk of checkedBytes({ name, open: file.open }, sha256)) {
    done += chunk.length;
    post({ bytes: done });
    yield chunk;
  }
}

/** Sends a message; stops here as long as too many wait to be taken. */
function post(message: ReadingMessage): void {
  const buffers = message.batch ? buffersOf(message.batch) : [];
  Atomics.add(waiting, 0, 1);
  parentPort!.postMessage(message, buffers);
  for (;;) {
    const now = Atomics.load(waiting, 0);
    if (now < mostWaiting) return;
    Atomics.wait(waiting, 0, now);
  }
}

/** The rows of a batch in arrays of their own, which move to the other thread. */
function copyOf({ length, users, items, ratings, ratedAt, lines }: RatingBatch): RatingBatch {
  const ids = ({ numbers, texts }: IdBatch): IdBatch => ({ numbers: numbers.slice(0, length), texts });
  return {
    length,
    users: ids(users),
    items: ids(items),
    ratings: ratings.slice(0, length),
    ratedAt: ratedAt.slice(0, length),
    lines: lines.slice(0, length),
  };
}

function buffersOf({ users, items, ratings, ratedAt, lines }: RatingBatch): ArrayBuffer[] {
  return [users.numbers, items.numbers, ratings, ratedAt, lines].map(({ buffer }) => buffer as ArrayBuffer);
}
