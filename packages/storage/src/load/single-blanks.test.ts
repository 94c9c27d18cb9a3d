import { expect, it } from "vitest";
import { singleBlanks } from "./single-blanks.ts";

/** The text that comes out when it goes in `size` bytes at a time. */
function inChunks(text: string, size: number): string {
  const bytes = Buffer.from(text);
  const take = singleBlanks();
  const kept: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) kept.push(take(bytes.subarray(at, at + size)));
  return Buffer.concat(kept).toString();
}

it("leaves one space between columns and none at the ends of lines, wherever the chunks are cut", () => {
  const text = " 196   242\t\t3 \r\n\n   \nété 7  2\n1 2 3  ";
  for (const size of [1, 2, 3, 5, 1000]) {
    expect(inChunks(text, size)).toBe("196 242 3\r\n\n\nété 7 2\n1 2 3");
  }
});
