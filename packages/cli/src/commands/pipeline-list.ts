import { defineCommand } from "../define-command.ts";
import { pipelineFlags } from "../pipeline-flags.ts";
import { loadPipelines } from "../pipelines.ts";
import { tableLines } from "../table.ts";

interface Flags {
  readonly module?: string;
}

/** `tamis pipeline list`: what can be run. */
export const pipelineList = defineCommand<Flags>({
  summary: "List the pipelines and their steps",
  examples: ["tamis pipeline list", "tamis pipeline list --module ./pipelines.js --json"],
  flags: { module: pipelineFlags.module },
  async run(context, { module }) {
    const pipelines = await loadPipelines(context, module);
    const rows = pipelines.map(({ name, steps }) => ({ name, steps: steps.map((step) => step.name) }));
    context.output.result({ pipelines: rows }, () =>
      tableLines(
        [{ title: "pipeline" }, { title: "steps" }],
        rows.map(({ name, steps }) => [name, steps.join(", ")]),
      ),
    );
  },
});
