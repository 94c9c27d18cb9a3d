import { type StartedModule, startModule } from "./start-module.ts";

export interface WorkerProcess {
  /** URL of the records. */
  readonly url: string;
  readonly name: string;
  /** How far ahead its clock is, in ms. @default 0 */
  readonly aheadMs?: number;
  /** Prints “begun” in the step `effect` and then waits for ever. @default false */
  readonly stuck?: boolean;
  /** How long each step takes, in ms. @default 0 */
  readonly stepMs?: number;
  /** Runs a scheduler of each second beside the worker. @default false */
  readonly scheduler?: boolean;
}

/**
 * A worker in a process of its own, with short leases, for the pipeline `nightly`: `prepare`, then `effect`, which
 * writes one user named after the interval in a fenced transaction. It prints each event as “type step”.
 */
export function startWorker({
  url,
  name,
  aheadMs = 0,
  stuck = false,
  stepMs = 0,
  scheduler = false,
}: WorkerProcess): StartedModule {
  const source = new URL("..", import.meta.url).href;
  return startModule(`
    const RealDate = Date;
    globalThis.Date = class extends RealDate {
      constructor(...args) { args.length === 0 ? super(RealDate.now() + ${aheadMs}) : super(...args); }
      static now() { return RealDate.now() + ${aheadMs}; }
    };
    const { defineStep, definePipeline, runSchedules } = await import("@tamis/core");
    const { openRecords } = await import("${source}open.ts");
    const { databaseClock } = await import("${source}sql/clock.ts");
    const { runLedger } = await import("${source}sql/run-ledger.ts");
    const { fenced } = await import("${source}sql/fenced.ts");
    const { openQueue } = await import("${source}queue/open-queue.ts");
    const { cron } = await import("${source}queue/cron.ts");
    const records = await openRecords({ dataDir: ".", records: ${JSON.stringify(url)} });
    const work = () => new Promise((resolve) => setTimeout(resolve, ${stepMs}));
    const prepare = defineStep({ name: "prepare", run: async () => { await work(); return "prepared"; } });
    const effect = defineStep({
      name: "effect",
      inputs: { prepare },
      run: async ({ inputs, interval, hold }) => {
        if (${stuck}) {
          console.log("begun");
          await new Promise((resolve) => setTimeout(resolve, 600_000));
        }
        await work();
        return await fenced(records, hold, async (transaction) => {
          await transaction.insertInto("users").values({ id: interval.end.toISOString() }).execute();
          return inputs.prepare;
        });
      },
    });
    const pipeline = definePipeline({ name: "nightly", steps: [prepare, effect] });
    const ledger = runLedger(records, { worker: ${JSON.stringify(name)} });
    const queue = await openQueue(records, { ledger, leaseMs: 3000, pollMs: 50, graceMs: 1000 });
    queue.work([pipeline], { onEvent: (event) => console.log(event.type + " " + (event.step ?? "")) });
    console.log("ready");
    if (${scheduler}) {
      await runSchedules([{ pipeline: "nightly", nextRun: cron("* * * * * *"), catchUp: "all" }], {
        queue,
        now: () => databaseClock(records),
        signal: new AbortController().signal,
        onError: (error) => console.log("error " + error.message),
      });
    }
  `);
}
