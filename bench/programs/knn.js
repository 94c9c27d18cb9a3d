/**
 * A program as a user of the built package would write it: reads the two parts of a fold (`user TAB item TAB rating`
 * lines), fits KNNBasic to the one and estimates the ratings of the other. Sends its time and memory to who forked it.
 *
 *     node bench/programs/knn.js TRAIN.tsv TEST.tsv
 */
import { readFileSync } from "node:fs";
import { createTrainset, knnBasic, predictRows, rmse } from "@tamis/ml";

const mebibytes = (bytes) => Math.round(bytes / 2 ** 20);
const idle_mib = mebibytes(process.memoryUsage().rss);
const { table, train, test } = readFold(process.argv[2], process.argv[3]);
const trainset = createTrainset(table, train);

const [start, before] = [performance.now(), process.cpuUsage()];
const model = await knnBasic().fit(trainset);
const fitted = performance.now();
const estimates = await predictRows(model, table, test);
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(before);

const measured = {
  seconds,
  cpu_seconds: (user + system) / 1e6,
  figures: {
    rmse: rmse(estimates, table.ratings.subarray(train.length)),
    fit_seconds: (fitted - start) / 1000,
    predictions: test.length,
  },
  idle_mib,
  peak_mib: mebibytes(process.resourceUsage().maxRSS * 1024),
};
if (process.send) process.send(measured);
else console.log(measured);

/** Both files in one table, and the rows of each. */
function readFold(trainFile, testFile) {
  const [trainLines, testLines] = [trainFile, testFile].map((file) => readFileSync(file));
  const trained = countLines(trainLines);
  const length = trained + countLines(testLines);
  const columns = [new Int32Array(length), new Int32Array(length), new Float64Array(length)];
  parse(trainLines, columns, 0);
  parse(testLines, columns, trained);
  const rows = Int32Array.from({ length }, (_, row) => row);
  return {
    table: {
      length,
      users: idColumn(columns[0]),
      items: idColumn(columns[1]),
      ratings: columns[2],
      ratedAt: null,
      scale: { min: 1, max: 5 },
    },
    train: rows.subarray(0, trained),
    test: rows.subarray(trained),
  };
}

function countLines(bytes) {
  let lines = 0;
  for (const byte of bytes) if (byte === 10) lines++;
  return lines;
}

/** Whole numbers between tabs. */
function parse(bytes, columns, firstRow) {
  let [row, column, value] = [firstRow, 0, 0];
  for (const byte of bytes) {
    if (byte >= 48) value = value * 10 + byte - 48;
    else {
      columns[column][row] = value;
      value = 0;
      column = byte === 9 ? column + 1 : 0;
      if (byte === 10) row++;
    }
  }
}

/** The ids are numbers from 0 already, in order of first appearance. */
function idColumn(codes) {
  let highest = 0;
  for (const code of codes) highest = Math.max(highest, code);
  return { ids: Array.from({ length: highest + 1 }, (_, id) => id), codes };
}
