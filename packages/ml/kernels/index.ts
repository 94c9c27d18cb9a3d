// Every export is a kernel: (arguments pointer, phase, task) => void. See src/kernels/pool.ts for who calls them.
export { boundScores } from "./bounds";
export { bprPart } from "./bpr";
export { gramSlices, improveRows, solveRows } from "./least-squares";
export { knnRows } from "./knn";
export { normalRows } from "./normal";
export { rowProducts } from "./products";
export { sgdBlock } from "./sgd";
export { sweepSvdPlusPlus, sweepSvdPlusPlusAccumulated } from "./svd-plus-plus";
export { sweepBlocks32, sweepBlocks64 } from "./sweep";
export { topItems } from "./top";
