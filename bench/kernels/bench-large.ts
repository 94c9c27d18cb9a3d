import { fitSgd } from "../../packages/ml/src/kernels/sgd.ts";
import { best, row } from "./measure.ts";

const [userCount, itemCount, count] = [138_493, 27_278, 20_000_000];

/** SVD on 20 million generated ratings, 138,493 x 27,278: 100 factors; EPOCHS=20. Errors mean nothing here. */
export async function benchLarge(): Promise<void> {
  const epochs = Number(process.env.EPOCHS ?? 20);
  const [users, items, ratings] = [new Int32Array(count), new Int32Array(count), new Float64Array(count)];
  // A congruential step through each user's own permutation of popularity-skewed ranks: cheap, and no pair twice.
  for (let at = 0; at < count; at++) {
    const user = Math.min(userCount - 1, Math.floor((at / count) ** 1.5 * userCount));
    const draw = ((at * 0.618_033_988_749_895) % 1) ** 3;
    users[at] = user;
    items[at] = Math.floor(draw * itemCount);
    ratings[at] = 1 + ((at * 7919) % 9) / 2;
  }
  const four = (value: number) => ({ bu: value, bi: value, pu: value, qi: value });
  process.stdout.write(`\nSVD, ${count} generated ratings, 100 factors, ${epochs} epochs\n`);
  for (const workers of [2, 1]) {
    const before = process.memoryUsage();
    const measured = await best(1, () =>
      fitSgd(
        { users, items, ratings, userCount, itemCount },
        {
          factors: 100,
          epochs,
          biased: true,
          mean: 3,
          initMean: 0,
          initDeviation: 0.1,
          learningRates: four(0.005),
          regularisations: four(0.02),
          seed: 42,
        },
        { workers },
      ),
    );
    const heap = Math.round((process.memoryUsage().heapUsed - before.heapUsed) / 2 ** 20);
    const peak = Math.round(process.resourceUsage().maxRSS / 1024);
    row(`${workers} workers`, measured, undefined, `peak RSS ${peak} MiB, heap grew ${heap} MiB`);
  }
}
