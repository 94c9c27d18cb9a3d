// Times the kernels against plain TypeScript loops in the same run:
//   npx tsx --conditions=@tamis/source bench/kernels.ts [section…]
// TIMES=n takes the best of n runs (default 3). The sections that take minutes run only when named.
import { benchAls } from "./kernels/bench-als.ts";
import { benchInvert } from "./kernels/bench-invert.ts";
import { benchKnn } from "./kernels/bench-knn.ts";
import { benchLarge } from "./kernels/bench-large.ts";
import { benchSgd, benchTunedSgd } from "./kernels/bench-sgd.ts";
import { benchTop } from "./kernels/bench-top.ts";

const usual = { sgd: benchSgd, knn: benchKnn, als: benchAls, invert: benchInvert, top: benchTop };
const all: Record<string, () => Promise<void>> = { ...usual, "sgd-tuned": benchTunedSgd, large: benchLarge };
const chosen = process.argv.slice(2);
for (const name of chosen.length > 0 ? chosen : Object.keys(usual)) {
  const bench = all[name];
  if (!bench) throw new Error(`no section “${name}”; there are: ${Object.keys(all).join(", ")}`);
  await bench();
}
