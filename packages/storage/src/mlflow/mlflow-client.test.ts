import { inspect } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { type FakeMlflowOptions, startFakeMlflow } from "../testing/fake-mlflow/fake-mlflow.ts";
import type { MlflowCredentials } from "./credentials.ts";
import { mlflowClient } from "./mlflow-client.ts";
import { mlflowTracker } from "./mlflow-tracker.ts";

const secret = "geheim-42";

async function startTracked(options: FakeMlflowOptions, credentials: MlflowCredentials, path = "") {
  const server = await startFakeMlflow(options);
  onTestFinished(() => server.stop());
  const client = mlflowClient({
    url: server.url + path,
    credentials: () => credentials,
    retry: { attempts: 1 },
  });
  return { server, start: () => mlflowTracker(client).start({ experiment: "films", name: "svd" }) };
}

describe("mlflowClient", () => {
  it("shows a token, or a name and password", async () => {
    const bearer = await startTracked({ authorization: `Bearer ${secret}` }, { token: secret });
    await bearer.start();
    const basic = Buffer.from(`ann:p:${secret}`).toString("base64");
    const named = await startTracked(
      { authorization: `Basic ${basic}` },
      { username: "ann", password: `p:${secret}` },
    );
    await named.start();
    expect([bearer.server.runs.size, named.server.runs.size]).toEqual([1, 1]);
  });

  it("asks the environment by default, as MLflow's own clients do", async () => {
    const server = await startFakeMlflow({ authorization: `Bearer ${secret}` });
    onTestFinished(() => server.stop());
    process.env.MLFLOW_TRACKING_TOKEN = secret;
    onTestFinished(() => void delete process.env.MLFLOW_TRACKING_TOKEN);
    await mlflowTracker(mlflowClient({ url: server.url })).start({ experiment: "films", name: "svd" });
    expect(server.runs.size).toBe(1);
  });

  it("says what is to be done, and never shows a secret", async () => {
    const cases: [FakeMlflowOptions, MlflowCredentials, string, string, RegExp][] = [
      [{ authorization: "Bearer other" }, { token: secret }, "", "unauthenticated", /MLFLOW_TRACKING_TOKEN/],
      [{ allowedHost: "mlflow:5000" }, { token: secret }, "", "configuration", /--allowed-hosts/],
      [{}, { token: `${secret}\nX: y` }, "", "configuration", /no header can carry/],
      [{}, { username: "ann", password: secret }, "/elsewhere", "configuration", /no MLflow API at this URL/],
    ];
    for (const [options, credentials, path, code, says] of cases) {
      const { start } = await startTracked(options, credentials, path);
      const error = await start().catch((thrown) => thrown);
      expect(error).toMatchObject({ code, message: expect.stringMatching(says) });
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(secret);
    }
  });

  it("says unavailable when nobody listens, and shows nothing of the credentials", async () => {
    const { server, start } = await startTracked({}, { username: "ann", password: secret });
    await server.stop();
    const error = await start().catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "unavailable", message: expect.stringContaining("ECONNREFUSED") });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(secret);
  });

  it("refuses a URL that is none, or that holds a password", () => {
    for (const url of ["databricks", "file:///mlruns", `https://ann:${secret}@mlflow.example`]) {
      expect(() => mlflowClient({ url })).toThrow(
        expect.objectContaining({ code: "configuration", message: expect.not.stringContaining(secret) }),
      );
    }
  });
});
