import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

let created = 0;

/**
 * Makes a new folder in `tmp/` of a data dir, for whoever removes it when done.
 *
 * It carries the process id, so that what a killed process left is removed by the next one.
 */
export function createScratch(dataDir: string, purpose: "duckdb" | "import"): string {
  const parent = join(dataDir, "tmp");
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) {
    const pid = /^(?:duckdb|import)-(\d+)-\d+$/.exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) rmSync(join(parent, name), { recursive: true, force: true });
  }
  const scratch = join(parent, `${purpose}-${process.pid}-${created++}`);
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch);
  return scratch;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
