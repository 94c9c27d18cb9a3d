import { Worker } from "node:worker_threads";

/**
 * Starts a thread on a module of this package.
 *
 * @param source - the module among the sources; the build puts it beside the package's own file, under the same name
 */
export function startThread(source: URL, workerData: unknown): Worker {
  if (!import.meta.url.endsWith(".ts")) {
    const name = source.pathname.slice(source.pathname.lastIndexOf("/") + 1, -".ts".length);
    return new Worker(new URL(`./${name}.js`, import.meta.url), { workerData });
  }
  // From the sources, as tests and benchmarks run: through their loader, found from here, not from the working folder.
  const loader = import.meta.resolve("tsx/esm/api");
  return new Worker(`import("${loader}").then(({ register }) => (register(), import("${source.href}")))`, {
    eval: true,
    execArgv: ["--conditions=@tamis/source"],
    workerData,
  });
}
