import { describe, expect, it } from "vitest";
import { outputMatches, transcriptSteps } from "./transcript.ts";

describe("transcriptSteps", () => {
  it("finds the tamis commands of shell blocks, with their lines and output", () => {
    const markdown = [
      "```sh",
      "$ npx tamis import ratings r.csv",
      "3 ratings",
      "$ ls",
      "r.csv",
      "$ tamis train \\",
      "    --folds 2",
      "```",
      "$ tamis outside",
      "```ts",
      "$ tamis inside another language",
      "```",
    ].join("\n");
    expect(transcriptSteps(markdown)).toEqual([
      { line: 2, command: "tamis import ratings r.csv", output: "3 ratings" },
      { line: 6, command: "tamis train \\\n    --folds 2", output: "" },
    ]);
  });
});

describe("outputMatches", () => {
  it("accepts the same text, whatever the digests, ids, instants and seconds", () => {
    const text = (hex: string, time: string) =>
      `snapshot ${hex.repeat(64)} ${hex}1${"ab".repeat(5)} took ${time} s\n{"seconds":${time},"n":3}\n`;
    expect(outputMatches(text("a", "1.5"), text("b", "22"))).toBe(true);
  });

  it("refuses another number, a missing line and a line too many", () => {
    expect(outputMatches("3 ratings", "4 ratings\n")).toBe(false);
    expect(outputMatches("a\nb", "a\n")).toBe(false);
    expect(outputMatches("a", "a\nb\n")).toBe(false);
    expect(outputMatches("", "a\n")).toBe(false);
  });

  it("takes … for anything in a line, and alone for any lines", () => {
    expect(outputMatches("rmse … (sd …)", "rmse 0.9 (sd 0.1)\n")).toBe(true);
    expect(outputMatches("first\n…\nlast", "first\n1\n2\nlast\n")).toBe(true);
    expect(outputMatches("first\n…\nlast", "first\nlast\n")).toBe(true);
    expect(outputMatches("first\n…\nlast", "first\n1\n2\n")).toBe(false);
  });
});
