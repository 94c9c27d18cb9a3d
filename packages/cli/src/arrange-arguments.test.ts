import { expect, it } from "vitest";
import { arrangeArguments } from "./arrange-arguments.ts";

it("moves global flags behind the command, wherever they stand", () => {
  expect(arrangeArguments(["--json", "--data-dir", "D", "import", "--quiet", "movielens", "PATH"])).toEqual([
    "import",
    "movielens",
    "PATH",
    "--json",
    "--data-dir",
    "D",
    "--quiet",
  ]);
});

it("takes a global flag written with = and one without its value", () => {
  expect(arrangeArguments(["--data-dir=D", "train"])).toEqual(["train", "--data-dir", "D"]);
  expect(arrangeArguments(["train", "--data-dir"])).toEqual(["train", "--data-dir"]);
});

it("understands -n10 and --n 10 as -n 10", () => {
  expect(arrangeArguments(["recommend", "1", "-n10"])).toEqual(["recommend", "1", "-n", "10"]);
  expect(arrangeArguments(["recommend", "1", "--n", "10"])).toEqual(["recommend", "1", "-n", "10"]);
});

it("keeps negative numbers and ranges as values", () => {
  const given = ["import", "ratings", "F", "--scale", "-10..10"];
  expect(arrangeArguments(given)).toEqual(given);
  expect(arrangeArguments(["recommend", "-5"])).toEqual(["recommend", "-5"]);
});

it("splits an empty value and one with line ends from its flag", () => {
  expect(arrangeArguments(["evaluate", "--options={\n}", "--model="])).toEqual([
    "evaluate",
    "--options",
    "{\n}",
    "--model",
    "",
  ]);
});

it("leaves everything behind -- alone and keeps it last", () => {
  expect(arrangeArguments(["--quiet", "recommend", "--", "--json", "-n10"])).toEqual([
    "recommend",
    "--quiet",
    "--",
    "--json",
    "-n10",
  ]);
});
