import type { Reject } from "@tamis/core";
import { expect, it } from "vitest";
import { movielensGenomeScores } from "./movielens-genome-scores.ts";

async function read(text: string, chunkLength = 7) {
  const bytes = Buffer.from(text);
  const rejects: Reject[] = [];
  const file = {
    name: "genome-scores.csv",
    bytes: bytes.length,
    async *open() {
      for (let at = 0; at < bytes.length; at += chunkLength) yield bytes.subarray(at, at + chunkLength);
    },
    localPath: () => Promise.reject(new Error("not needed")),
  };
  const rows: string[] = [];
  for await (const scores of movielensGenomeScores(file, (reject) => rejects.push(reject))) {
    for (let row = 0; row < scores.length; row++) {
      rows.push(`${scores.itemIds[row]} ${scores.tagIds[row]} ${scores.relevances[row]}`);
    }
  }
  return { rows, rejects };
}

const header = "movieId,tagId,relevance\n";

it("reads every score, the item ids as they are stored", async () => {
  const { rows, rejects } = await read(`${header}1,1,0.025\n1,2,1\n"tt 7",2,5e-1\r\n20,1,0`);
  expect(rows).toEqual(["1 1 0.025", "1 2 1", "tt 7 2 0.5", "20 1 0"]);
  expect(rejects).toEqual([]);
});

it("keeps batches that its reader fills again", async () => {
  const lines = Array.from({ length: 20_000 }, (_, row) => `${Math.floor(row / 100)},${row % 100},0.5`);
  const { rows } = await read(header + lines.join("\n"), 1 << 16);
  expect(rows).toEqual(lines.map((line) => line.replaceAll(",", " ")));
});

it("refuses what is no score, by line and in words of the genome", async () => {
  const { rows, rejects } = await read(
    `${header}1,1,0.5\n1,2,1.5\n1,noir,0.5\n1,,0.5\n1,3,high\n1,4\n2,5,0.5\n`,
  );
  expect(rows).toEqual(["1 1 0.5", "2 5 0.5"]);
  const seen = rejects
    .sort((a, b) => a.line - b.line)
    .map(({ line, reason, detail }) => [line, reason, detail]);
  expect(seen).toEqual([
    [3, "rating_out_of_scale", 'the relevance "1.5" is outside the scale 0..1'],
    [4, "invalid_id", 'the genome tag "noir" is no whole number'],
    [5, "missing_user", "the genome tag is empty"],
    [6, "rating_not_a_number", 'the relevance "high" is not a number'],
    [7, "wrong_column_count", "2 columns where 3 were expected"],
  ]);
});
