import { writeFileSync } from "node:fs";
import { join } from "node:path";

const sources = new URL("../../../", import.meta.url).href;

/**
 * Writes `pipelines.mjs` into a folder, with the pipeline `nightly`: `load`, then `effect`, which adds one user named
 * after the end of the interval, fenced. While the file `broken` is there, `effect` fails; while `slow` is there, it
 * waits until it is told to stop.
 */
export function writePipelineModule(folder: string): void {
  const text = `
    import { existsSync } from "node:fs";
    import { definePipeline, defineStep, TamisError } from "${sources}core/src/index.ts";
    import { fenced } from "${sources}storage/src/index.ts";
    export default ({ records }) => {
      const load = defineStep({ name: "load", run: async () => ({ rows: 3 }) });
      const effect = defineStep({
        name: "effect",
        inputs: { load },
        async run({ hold, inputs, interval, signal }) {
          if (existsSync("broken")) throw new TamisError("data_load", "the file has no rows");
          if (existsSync("slow")) await new Promise((_, reject) => signal.addEventListener("abort", reject));
          return await fenced(records, hold, async (transaction) => {
            await transaction.insertInto("users").values({ id: interval.end.toISOString() }).execute();
            return inputs.load.rows;
          });
        },
      });
      return definePipeline({ name: "nightly", steps: [load, effect] });
    };
  `;
  writeFileSync(join(folder, "pipelines.mjs"), text);
}
