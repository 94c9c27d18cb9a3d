import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Reject } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { delimitedRatings } from "./delimited-ratings.ts";
import { idAt, type RatingHandlers } from "./rating-batch.ts";
import type { RatingLayout } from "./rating-layout.ts";
import { readingThread } from "./reading-thread.ts";

const layout: RatingLayout = {
  separator: ",",
  quoting: true,
  encoding: "utf-8",
  header: true,
  names: ["user", "item", "rating", "time"],
  columns: { user: 0, item: 1, rating: 2, timestamp: 3 },
  columnCount: 4,
};
const scale = { min: 0, max: 5 };

/** Rows of numbers and of texts, and every hundredth one that is refused. */
const text = `user,item,rating,time\n${Array.from({ length: 50_000 }, (_, row) => {
  if (row % 100 === 99) return `${row},1,bad,\n`;
  return `${row < 20_000 ? row : `u${row}`},${row % 77},${row % 6},${row % 3 ? row : ""}\n`;
}).join("")}`;

async function fileOf(content: string) {
  const path = join(await temporaryFolder(), "ratings.csv");
  await writeFile(path, content);
  return { path, name: "ratings.csv", layout, scale };
}

/** What is told, in its order: rows as texts, rejects by their line. */
function notes(): RatingHandlers & { readonly told: string[] } {
  const told: string[] = [];
  return {
    told,
    onBatch({ length, users, items, ratings, ratedAt, lines }) {
      for (let row = 0; row < length; row++) {
        told.push([idAt(users, row), idAt(items, row), ratings[row], ratedAt[row], lines[row]].join());
      }
    },
    onReject: ({ line, reason, raw }: Reject) => told.push(`${line} ${reason} ${raw}`),
  };
}

describe("a thread that reads ratings", () => {
  it("tells what reading in this one tells, file after file, in the same order", async () => {
    const here = notes();
    const reader = delimitedRatings(layout, "ratings.csv", scale, here);
    reader.push(Buffer.from(text));
    reader.end();
    const thread = readingThread();
    const file = await fileOf(text);
    for (let time = 0; time < 2; time++) {
      const there = notes();
      const seen = { bytes: 0, sha256: "" };
      await thread.read(file, there, {
        onBytes: (done) => (seen.bytes = done),
        onDigest: (sha256) => (seen.sha256 = sha256),
      });
      expect(there.told).toHaveLength(50_000);
      expect(there.told).toEqual(here.told);
      const sha256 = createHash("sha256").update(text).digest("hex");
      expect(seen).toEqual({ bytes: Buffer.byteLength(text), sha256 });
    }
    await thread.close();
  }, 30_000);

  it("ends with what a handler throws, and when it is cancelled", async () => {
    const thread = readingThread();
    const file = await fileOf(text);
    const failing = { ...notes(), onReject: () => expect.unreachable("the handler's own error") };
    await expect(thread.read(file, failing)).rejects.toThrow("the handler's own error");
    const cancel = new AbortController();
    const cancelling = { ...notes(), onBatch: () => cancel.abort() };
    await expect(thread.read(file, cancelling, { signal: cancel.signal })).rejects.toMatchObject({
      code: "aborted",
    });
  }, 30_000);
});
