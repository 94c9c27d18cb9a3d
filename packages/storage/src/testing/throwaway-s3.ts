import { spawn } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";
import { describe } from "vitest";
import { whyNoCeph } from "./ceph.ts";
import { useCredentials } from "./plain-bucket.ts";

/**
 * The address of a real S3 server for tests, and the AWS credentials for it in the environment of this process.
 *
 * It is `TAMIS_TEST_S3` when that is set (the credentials are then the usual ones of AWS), else a throw-away server:
 * the first test file that asks starts it, all share it, and it ends with the run, however the run ends.
 *
 * @returns a sentence in `reason` when there is none on this machine; on CI that is an error.
 */
async function throwawayS3(): Promise<{ endpoint: string } | { reason: string }> {
  if (process.env.TAMIS_TEST_S3) return { endpoint: process.env.TAMIS_TEST_S3 };
  const reason = await whyNoCeph();
  if (reason !== undefined) {
    if (process.env.CI === "true") throw new Error(`No S3 server for the tests: ${reason}.`);
    return { reason };
  }
  const server = await sharedServer();
  useCredentials(server);
  return { endpoint: server.endpoint };
}

interface SharedServer {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Who makes the folder starts the server; it lives as long as the process that runs the test files. */
async function sharedServer(): Promise<SharedServer> {
  const runner = isMainThread ? process.ppid : process.pid;
  const folder = join(tmpdir(), `tamis-test-s3-${runner}`);
  const mine = await mkdir(folder).then(
    () => true,
    () => false,
  );
  if (mine) {
    const script = fileURLToPath(new URL("./throwaway-s3-main.ts", import.meta.url));
    const flags = ["--conditions=@tamis/source", "--import", "tsx", script, folder, String(runner)];
    spawn(process.execPath, flags, { detached: true, stdio: "ignore" }).unref();
  }
  for (let attempt = 0; attempt < 400; attempt++) {
    const ready = await readFile(join(folder, "ready.json"), "utf8").catch(() => undefined);
    if (ready !== undefined) return JSON.parse(ready) as SharedServer;
    const failure = await readFile(join(folder, "failed"), "utf8").catch(() => undefined);
    if (failure !== undefined) throw new Error(`The S3 server of the tests did not start: ${failure}`);
    await wait(100);
  }
  throw new Error(`The S3 server of the tests did not start within 40 s; remove ${folder} and try again.`);
}

const server = await throwawayS3();

/** Tests that need the server; where there is none they are skipped, and their name says why. */
export function describeS3(name: string, tests: (server: { readonly endpoint: string }) => void): void {
  if ("reason" in server) describe.skip(`${name} (skipped: ${server.reason})`, () => tests({ endpoint: "" }));
  else describe(name, () => tests(server));
}
