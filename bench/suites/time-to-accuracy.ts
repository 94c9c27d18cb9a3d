import { dataLabel, foldOf } from "../data/fold.ts";
import { fitAndTest } from "../fit-and-test.ts";
import { atMost, findRow, type Suite } from "../suite.ts";
import { optionText } from "./parity.ts";

const goal = 0.85;
/** The quickest that a search over factors, epochs, rates and penalties found. */
const options = {
  factors: 64,
  epochs: 12,
  learningRate: 0.06,
  rateDecay: 0.95,
  regularization: 0.045,
  learningRateBu: 0.01,
  learningRateBi: 0.01,
  regularizationBu: 0.03,
  regularizationBi: 0.03,
  initStd: 0.01,
};
const of = `${dataLabel("ml-1m")}, RMSE ${goal}`;

export const timeToAccuracy: Suite = {
  title: "Time to accuracy",
  about: `The least time to learn, on two thirds of the ratings, a model with an RMSE of ${goal} on the other third: everybody at the
quickest settings that a search found for them.`,
  baselines: ["LIBMF", "Cornac"],
  runs: [1, 2].map((threads) => ({
    case: of,
    name: `tamis svd ${optionText(options)}`,
    threads,
    measure: () => fitAndTest(foldOf("ml-1m"), "svd", options, { workers: threads, times: 5 }),
  })),
  targets: [
    {
      says: `RMSE ${goal} reached, sooner than LIBMF and Cornac on as many threads`,
      reached(rows) {
        const mine = findRow(rows, { name: "tamis", threads: 2 });
        const peers = rows.filter(({ name, threads }) => !name.startsWith("tamis") && threads === 2);
        if (mine === undefined || peers.length === 0) return undefined;
        const sooner = peers.every(
          ({ seconds, figures }) => figures!.rmse! > goal + 0.0005 || seconds! > mine.seconds!,
        );
        return sooner && atMost(mine.figures!.rmse!, goal + 0.00005);
      },
    },
  ],
};
