import { Worker } from "node:worker_threads";

/**
 * Starts a thread on a module of this package.
 *
 * @param main - the module from here, without its ending: `search/trial-thread-main`. The build puts it beside the
 *   package's own file.
 */
export function startThread(main: string, workerData: unknown): Worker {
  if (!import.meta.url.endsWith(".ts")) {
    const built = `./${main.slice(main.lastIndexOf("/") + 1)}.js`;
    return new Worker(new URL(built, import.meta.url), { workerData });
  }
  // From the sources, as tests and benchmarks run: through their loader, found from here, not from the working folder.
  const { href } = new URL(`./${main}.ts`, import.meta.url);
  const loader = import.meta.resolve("tsx/esm/api");
  return new Worker(`import("${loader}").then(({ register }) => (register(), import("${href}")))`, {
    eval: true,
    execArgv: ["--conditions=@tamis/source"],
    workerData,
  });
}
