import { fitSgd, type SgdOptions } from "../../packages/ml/src/kernels/sgd.ts";
import { movielensFold } from "./fold.ts";
import { best, row } from "./measure.ts";
import { plainSvd, rmse } from "./plain-svd.ts";

const four = (value: number) => ({ bu: value, bi: value, pu: value, qi: value });
const common = { biased: true, initMean: 0, seed: 42 };
/** Surprise's defaults, Cornac's (10 times less noise at the start), and the tuned settings for each size. */
const settings: Record<string, Omit<SgdOptions, "mean">> = {
  "defaults, 100 x 20": {
    ...common,
    factors: 100,
    epochs: 20,
    initDeviation: 0.1,
    learningRates: four(0.005),
    regularisations: four(0.02),
  },
  "lr .01, init .01, 100 x 20": {
    ...common,
    factors: 100,
    epochs: 20,
    initDeviation: 0.01,
    learningRates: four(0.01),
    regularisations: four(0.02),
  },
  "tuned ml-100k, 50 x 100": {
    ...common,
    factors: 50,
    epochs: 100,
    initDeviation: 0.001,
    learningRates: four(0.01),
    regularisations: four(0.1),
  },
  "tuned ml-1m, 80 x 100": {
    ...common,
    factors: 80,
    epochs: 100,
    initDeviation: 0.001,
    learningRates: four(0.005),
    regularisations: four(0.05),
  },
};

/** Whole fits of SVD, from the trainset's arrays to the fitted factors. */
export const benchSgd = () => bench(false);

/** The same at the tuned settings: 100 epochs, minutes for the plain loop. */
export const benchTunedSgd = () => bench(true);

async function bench(tuned: boolean): Promise<void> {
  const times = Number(process.env.TIMES ?? 3);
  for (const data of ["ml-100k", "ml-1m"] as const) {
    const { name, train, test, mean } = movielensFold(data);
    process.stdout.write(`\nSVD, ${name}: ${train.ratings.length} ratings\n`);
    for (const [setting, rest] of Object.entries(settings)) {
      if (tuned ? !setting.includes(data) : setting.startsWith("tuned")) continue;
      const options = { ...rest, mean };
      const plain = await best(tuned ? 1 : times, () => plainSvd(train, options));
      const rmsePlain = rmse(test, mean, plain.result);
      row(`${setting}: plain TypeScript`, plain, undefined, `RMSE ${rmsePlain.toFixed(4)}`);
      for (const workers of [0, 1, 2]) {
        const cold = await best(1, () => fitSgd(train, options, { workers }));
        const warm = await best(times, () => fitSgd(train, options, { workers }));
        const error = rmse(test, mean, warm.result);
        const remark = `cold ${cold.wall.toFixed(3)} s, RMSE ${error.toFixed(4)} (${signed(error - rmsePlain)})`;
        row(`${setting}: ${workers} workers`, warm, plain, remark);
      }
    }
  }
}

function signed(value: number): string {
  return `${value < 0 ? "" : "+"}${value.toFixed(4)}`;
}
