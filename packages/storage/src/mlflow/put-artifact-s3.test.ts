import { expect, it, onTestFinished } from "vitest";
import { readText } from "../lake/read-text.ts";
import { openTamis } from "../open.ts";
import { runTracker } from "../sql/run-tracker.ts";
import { startFakeMlflow } from "../testing/fake-mlflow/fake-mlflow.ts";
import { plainBucket } from "../testing/plain-bucket.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { describeS3 } from "../testing/throwaway-s3.ts";
import { openEnvironmentBucket } from "./open-bucket.ts";
import { openMlflow } from "./open-mlflow.ts";

describeS3("artifacts of a server that keeps them on S3", (s3) => {
  it("are put there, at the endpoint that MLflow's own clients are told", async () => {
    const { bucket, endpoint } = await plainBucket(s3);
    process.env.MLFLOW_S3_ENDPOINT_URL = endpoint;
    onTestFinished(() => void delete process.env.MLFLOW_S3_ENDPOINT_URL);
    const server = await startFakeMlflow({ artifactRoot: `s3://${bucket}/mlflow` });
    const tamis = await openTamis({ dataDir: await temporaryFolder() });
    const mlflow = openMlflow(tamis, { url: server.url, credentials: () => ({}) });
    onTestFinished(async () => {
      await mlflow.close();
      await tamis.close();
      await server.stop();
    });
    const tracker = mlflow.mirror(runTracker(tamis));
    const id = await tracker.start({ experiment: "films", name: "svd" });
    await tracker.logArtifact(id, { path: "plots/é.svg", bytes: Buffer.from("<svg/>") });
    await tracker.finish(id, "finished");
    const [run] = [...server.runs.values()];
    const store = await openEnvironmentBucket(bucket, await temporaryFolder());
    expect(await readText(store, `mlflow/1/${run!.id}/artifacts/plots/é.svg`)).toBe("<svg/>");
    expect(server.artifacts.size).toBe(0);
  });
});
