import type { Replayed } from "@tamis/storage/mlflow";
import { configuredMlflow } from "../configured-mlflow.ts";
import { defineCommand } from "../define-command.ts";
import { exitCodeOf } from "../exit-codes.ts";
import { mlflowUrl } from "../mlflow-flag.ts";

interface Flags {
  readonly mlflowUrl?: string;
}

/** `tamis mlflow replay`: sends what was said of runs while MLflow was away. */
export const mlflowReplay = defineCommand<Flags>({
  summary: "Send MLflow what was said of runs while it was away",
  details: [
    "Sends what waits in the folder mlflow of the data dir, in its order, each thing once. What MLflow refuses is set",
    "aside there with the reason. Exit code 75: MLflow is still away, and the rest waits on.",
  ].join("\n"),
  examples: [
    "tamis mlflow replay --mlflow-url http://localhost:5000",
    "TAMIS_MLFLOW_URL=… tamis mlflow replay --json",
  ],
  flags: { mlflowUrl },
  whenInterrupted: "Interrupted; what was not sent waits for the next time.",
  async run(context) {
    const mlflow = await configuredMlflow(context);
    const replayed = await mlflow.replay(context.signal);
    context.output.result(replayDocument(replayed), () => replayLines(replayed));
    const { failure } = replayed;
    if (failure === undefined) return;
    context.output.warn(failure.message);
    context.exitWith(exitCodeOf(failure));
  },
});

/** What `--json` prints of a replay. */
export function replayDocument({ sent, waiting, setAside, failure }: Replayed) {
  return {
    ...{ sent, waiting },
    set_aside: setAside.map((each) => ({ ...each })),
    failure: failure?.message ?? null,
  };
}

export function replayLines({ sent, waiting, setAside }: Replayed): string[] {
  return [
    `${sent} sent, ${waiting} waiting`,
    ...setAside.map(({ file, reason }) => `set aside: ${file}: ${reason}`),
  ];
}
