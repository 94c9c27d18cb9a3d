import { dataLabel, foldOf } from "../data/fold.ts";
import { fitAndTest } from "../fit-and-test.ts";
import { atLeast, findRow, type Run, ratio, type Suite } from "../suite.ts";

const run = (data: "ml-100k" | "ml-1m", epochs: number, name: string): Run => ({
  case: `${dataLabel(data)}, 20 factors x ${epochs} epochs`,
  name: `tamis ${name}`,
  threads: 2,
  measure: () => fitAndTest(foldOf(data), name, { factors: 20, epochs }, { workers: 2, times: 1 }),
});
const names = ["svd-plus-plus", "svd-plus-plus-accumulated"];

export const svdPlusPlus: Suite = {
  title: "SVD++",
  about: `\`svd-plus-plus\` is Surprise's update; \`svd-plus-plus-accumulated\` collects the steps of a user's implicit factors, which
Surprise does not have. Surprise with \`cache_ratings\`.`,
  baselines: ["Surprise"],
  runs: names.flatMap((name) => [run("ml-100k", 20, name), run("ml-1m", 2, name)]),
  targets: [
    {
      says: "ml-100k: Surprise's update 10 times as fast as Surprise",
      reached: (rows) => {
        const of = (name: string) => findRow(rows, { name, case: "ml-100k" });
        return atLeast(ratio(of("tamis svd-plus-plus"), of("Surprise")), 10);
      },
    },
    {
      says: "ml-1m: Surprise's update 10 times as fast as Surprise",
      reached: (rows) => {
        const of = (name: string) => findRow(rows, { name, case: "ml-1m" });
        return atLeast(ratio(of("tamis svd-plus-plus"), of("Surprise")), 10);
      },
    },
  ],
};
