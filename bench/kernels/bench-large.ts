import { fitSgd } from "../../packages/ml/src/kernels/sgd.ts";
import { best, row } from "./measure.ts";

const [userCount, itemCount, count] = [138_493, 27_278, 20_000_000];

/** SVD on 20 million generated ratings, 138,493 x 27,278: 100 factors; EPOCHS=20. Errors mean nothing here. */
export async function benchLarge(): Promise<void> {
  const epochs = Number(process.env.EPOCHS ?? 20);
  const { users, items, ratings } = generate();
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

/** From 80 to 800 ratings per user, popularity as rank^(−2/3); no pair twice; a user's items in scattered order. */
function generate() {
  const [users, items, ratings] = [new Int32Array(count), new Int32Array(count), new Float64Array(count)];
  const share = (part: number) => (Math.sqrt(part + 0.01) - 0.1) / (Math.sqrt(1.01) - 0.1);
  for (let user = 0, from = 0; user < userCount; user++) {
    const end = Math.round(share((user + 1) / userCount) * count);
    const own = end - from;
    for (let n = 0, item = -1; n < own; n++) {
      item = Math.max(item + 1, Math.floor(itemCount * ((n + 0.5) / own) ** 3));
      // 7919 is prime and above every user's number of ratings: each place is taken once.
      const at = from + ((n * 7919) % own);
      users[at] = user;
      items[at] = item;
      ratings[at] = 1 + ((n * 31 + user * 17) % 9) / 2;
    }
    from = end;
  }
  return { users, items, ratings };
}
