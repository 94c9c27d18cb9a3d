// Every export is a kernel: (arguments pointer, phase, task) => void. See src/kernels/pool.ts for who calls them.
export { knnRows, similarityTriangle } from "./knn";
export { normalRows } from "./normal";
export { sgdBlock } from "./sgd";
