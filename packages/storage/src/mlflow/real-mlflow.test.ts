import { describe, expect, it } from "vitest";
import { runTrackerContract } from "../testing/run-tracker-contract.ts";
import { findMlflowRun, getMlflowRun } from "./find-mlflow-run.ts";
import { mlflowClient } from "./mlflow-client.ts";
import { mlflowTracker } from "./mlflow-tracker.ts";

/**
 * The contract on a real MLflow server with `--serve-artifacts`, when somebody names one. It is skipped in CI as well: MLflow
 * comes from PyPI alone, which neither npm nor Debian carries; there the stand-in of `testing/fake-mlflow` serves.
 */
const url = process.env.TAMIS_TEST_MLFLOW_URL;
const why = url ? `at ${url}` : "(skipped: TAMIS_TEST_MLFLOW_URL names no server)";

describe.skipIf(!url)(`a real MLflow server ${why}`, () => {
  const client = () => mlflowClient({ url: url! });

  runTrackerContract({
    async open() {
      return {
        tracker: mlflowTracker(client()),
        find: (runId) => findMlflowRun(client(), runId),
        async artifact(runId, path) {
          const { artifact_uri: uri } = (await getMlflowRun(client(), runId))!.info;
          const folder = uri.replace(/^mlflow-artifacts:\/+/, "");
          const request = { method: "GET", path: `mlflow-artifacts/artifacts/${folder}/${path}` } as const;
          return await (await client().send(request)).text();
        },
        close: async () => {},
      };
    },
  });

  it("keeps one value when the same metric comes twice", async () => {
    const tracker = mlflowTracker(client(), { now: () => new Date(Date.UTC(2026, 0, 1)) });
    const id = await tracker.start({ experiment: "films", name: "twice" });
    for (let time = 0; time < 2; time++) await tracker.logMetrics(id, { rmse: 0.9 }, 1);
    const query = { run_id: id, metric_key: "rmse" };
    const answer = await client().send({ method: "GET", path: "mlflow/metrics/get-history", query });
    expect(((await answer.json()) as { metrics: unknown[] }).metrics).toHaveLength(1);
    await tracker.finish(id, "finished");
  });
});
