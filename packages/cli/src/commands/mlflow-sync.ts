import { configuredMlflow } from "../configured-mlflow.ts";
import { defineCommand } from "../define-command.ts";
import { mlflowUrl } from "../mlflow-flag.ts";
import { replayDocument, replayLines } from "./mlflow-replay.ts";

interface Flags {
  readonly mlflowUrl?: string;
}

/** `tamis mlflow sync`: makes MLflow say what our records say. */
export const mlflowSync = defineCommand<Flags>({
  summary: "Send MLflow every run, version and alias that it lacks",
  details: [
    "First what waits, as tamis mlflow replay; then the runs that have ended and that MLflow does not have, the versions of",
    "the registry with their files, and the aliases. An alias that was moved in MLflow is put back: our registry decides.",
  ].join("\n"),
  examples: ["tamis mlflow sync --mlflow-url http://localhost:5000"],
  flags: { mlflowUrl },
  whenInterrupted: "Interrupted; run it again and it goes on with what is missing.",
  async run(context) {
    const mlflow = await configuredMlflow(context);
    const { replayed, runs, models } = await mlflow.sync(context.signal);
    const document = {
      replayed: replayDocument(replayed),
      runs: { ...runs, refused: runs.refused.map(({ runId, reason }) => ({ run_id: runId, reason })) },
      models: Object.fromEntries(
        Object.entries(models).map(([name, { versions, aliases, withoutRun }]) => [
          name,
          { versions, aliases, without_run: [...withoutRun] },
        ]),
      ),
    };
    context.output.result(document, () => [
      ...replayLines(replayed),
      `${runs.sent} runs sent, ${runs.present} were there`,
      ...runs.refused.map(({ runId, reason }) => `refused of run ${runId}: ${reason}`),
      ...Object.entries(models).map(
        ([name, { versions, aliases }]) => `${name}: ${versions} versions added, ${aliases} aliases set`,
      ),
    ]);
  },
});
