// Times the kernels against plain TypeScript loops in the same run: npx tsx --conditions=@tamis/source bench/kernels.ts
// Arguments choose sections (default: all). TIMES=n takes the best of n runs (default 3).
import { benchKnn } from "./kernels/bench-knn.ts";
import { benchSgd, benchTunedSgd } from "./kernels/bench-sgd.ts";

const sections: Record<string, () => Promise<void>> = {
  sgd: benchSgd,
  knn: benchKnn,
  "sgd-tuned": benchTunedSgd,
};
const chosen = process.argv.slice(2);
for (const [name, bench] of Object.entries(sections)) {
  if (chosen.length === 0 || chosen.includes(name)) await bench();
}
