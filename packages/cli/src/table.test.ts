import { expect, it } from "vitest";
import { tableLines } from "./table.ts";

it("makes columns as wide as their widest cell and aligns numbers right", () => {
  const lines = tableLines(
    [{ title: "#", align: "right" }, { title: "title" }],
    [
      [1, "Amélie"],
      [10, "天空の城ラピュタ"],
    ],
  );
  expect(lines).toEqual([" #  title", "──  ────────────────", " 1  Amélie", "10  天空の城ラピュタ"]);
});

it("does not count colours and combining marks as width", () => {
  const lines = tableLines([{ title: "a" }, { title: "b" }], [["\u001b[1mx\u001b[0m", "e\u0301"]]);
  expect(lines[1]).toBe("─  ─");
});
