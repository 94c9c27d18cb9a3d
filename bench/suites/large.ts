import { createTrainset, svd, type Trainset } from "@tamis/ml";
import { generateTwentyMillion } from "../data/twenty-million.ts";
import { measure } from "../measure.ts";
import { atMost, findRow, type Row, type Suite } from "../suite.ts";

const fit = "20 million generated ratings: 100 factors x 20 epochs";
const load = "20 million generated ratings: from the snapshot to the trainset";

export const large: Suite = {
  title: "Twenty million ratings",
  about: `138,493 users x 27,278 items with the skew of MovieLens; errors mean nothing here. The first load imports the generated
file into a data dir, once, which takes minutes and is not measured here.`,
  runs: [
    {
      case: load,
      name: "tamis readSnapshot, createTrainset",
      async measure() {
        const { openTamis, readSnapshot } = await import("../../packages/storage/src/index.ts");
        const { importedDataDir } = await import("../data/imported.ts");
        const tamis = await openTamis(await importedDataDir());
        const { result, seconds, cpu_seconds } = await measure(1, () => readSnapshot(tamis, "current"));
        const second = await measure(1, () => firstRating(createTrainset(result.table)));
        await tamis.close();
        return {
          seconds: seconds + second.seconds,
          cpu_seconds: cpu_seconds + second.cpu_seconds,
          figures: { snapshot_seconds: seconds, trainset_seconds: second.seconds },
        };
      },
    },
    ...[1, 2].map((threads) => ({
      case: fit,
      name: "tamis svd",
      threads,
      async measure() {
        const trainset = createTrainset(generateTwentyMillion());
        const heap = watchHeap();
        const { seconds, cpu_seconds } = await measure(1, () => svd().fit(trainset, { workers: threads }));
        return { seconds, cpu_seconds, figures: { heap_growth_mib: heap.growth() } };
      },
    })),
  ],
  targets: [
    {
      says: "load in less than 6 s",
      reached: (rows) => atMost(findRow(rows, { name: "tamis readSnapshot" })?.seconds, 6),
    },
    { says: "fit on two workers in less than 20 s", reached: (rows) => atMost(fitted(rows)?.seconds, 20) },
    {
      says: "fit: peak memory below 2.5 GB",
      reached: (rows) => atMost(fitted(rows)?.peak_mib, 2.5e9 / 2 ** 20),
    },
    {
      says: "fit: the JavaScript heap grows by 64 MB at most",
      reached: (rows) => atMost(fitted(rows)?.figures?.heap_growth_mib, 64e6 / 2 ** 20),
    },
  ],
};

const fitted = (rows: readonly Row[]) => findRow(rows, { name: "tamis svd", threads: 2 });

/** For it the ratings are grouped by user, as most fits begin. */
function firstRating(trainset: Trainset) {
  return trainset.ratings()[Symbol.iterator]().next();
}

/** The largest heap since the start of the watch, less that at its start, in MiB; garbage counts. */
function watchHeap() {
  const start = process.memoryUsage().heapUsed;
  let largest = start;
  const look = () => {
    largest = Math.max(largest, process.memoryUsage().heapUsed);
  };
  const timer = setInterval(look, 50);
  return {
    growth() {
      clearInterval(timer);
      look();
      return (largest - start) / 2 ** 20;
    },
  };
}
