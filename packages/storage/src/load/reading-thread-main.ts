/** What runs in a `readingThread`: reads the file it is sent and posts what it finds. */
import { once } from "node:events";
import { parentPort } from "node:worker_threads";
import { toPlainError } from "@tamis/core";
import { delimitedRatings } from "./delimited-ratings.ts";
import { hashedBytes } from "./hashed-bytes.ts";
import { localFile } from "./local-file.ts";
import type { RatingBatch } from "./rating-batch.ts";
import type { ReadingJob, ReadingMessage, RoomedBatch } from "./reading-thread.ts";
import { unpack } from "./unpack.ts";

const [job] = (await once(parentPort!, "message")) as [ReadingJob];
const { path, name, layout, scale, rooms, waiting } = job;
let nextRoom = 0;

try {
  const reader = delimitedRatings(layout, name, scale, {
    onBatch: (batch) => post({ batch: putUp(batch) }),
    onReject: (reject) => post({ reject }),
  });
  for await (const chunk of unpack(counted(), name)) reader.push(chunk);
  reader.end();
  post({ end: true });
} catch (error) {
  post({ error: toPlainError(error) });
}

async function* counted(): AsyncGenerator<Uint8Array> {
  const file = await localFile(path);
  let done = 0;
  for await (const chunk of hashedBytes(file.open(), (sha256) => post({ sha256 }))) {
    done += chunk.length;
    post({ bytes: done });
    yield chunk;
  }
}

/** Sends a message; stops here while as many wait to be taken as there are rooms, so that the next room is free. */
function post(message: ReadingMessage): void {
  Atomics.add(waiting, 0, 1);
  parentPort!.postMessage(message);
  for (;;) {
    const now = Atomics.load(waiting, 0);
    if (now < rooms.length) return;
    Atomics.wait(waiting, 0, now);
  }
}

/** Copies a batch into the next room: memory that moved to the other thread instead would be its to collect. */
function putUp({ length, users, items, ratings, ratedAt, lines }: RatingBatch): RoomedBatch {
  const room = nextRoom;
  nextRoom = (nextRoom + 1) % rooms.length;
  const into = rooms[room]!;
  into.users.numbers.set(users.numbers.subarray(0, length));
  into.items.numbers.set(items.numbers.subarray(0, length));
  into.ratings.set(ratings.subarray(0, length));
  into.ratedAt.set(ratedAt.subarray(0, length));
  into.lines.set(lines.subarray(0, length));
  return { room, length, userTexts: users.texts, itemTexts: items.texts };
}
