// Keeps one S3 server for all test files of a run: `node throwaway-s3-main.ts FOLDER PID`.
// Writes `ready.json`, or the reason of its failure to `failed`; ends, and removes the folder, when PID is gone.
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { startCeph } from "./ceph.ts";

const [folder = "", pid = ""] = process.argv.slice(2);

try {
  const { endpoint, accessKeyId, secretAccessKey, stop } = await startCeph(folder);
  await publish("ready.json", JSON.stringify({ endpoint, accessKeyId, secretAccessKey }));
  while (isAlive(Number(pid))) await wait(300);
  await stop();
} catch (error) {
  await publish("failed", String(error));
  while (isAlive(Number(pid))) await wait(300);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function publish(name: string, content: string): Promise<void> {
  await writeFile(join(folder, `${name}.new`), content);
  await rename(join(folder, `${name}.new`), join(folder, name));
}

function isAlive(process_: number): boolean {
  try {
    return process.kill(process_, 0);
  } catch {
    return false;
  }
}
