import { execFileSync } from "node:child_process";
import { onTestFinished } from "vitest";

/** Mounts a few megabytes of memory at an existing folder, until the test ends; answers why not, when it cannot. */
export function mountTinyDisk(path: string, megabytes: number): string | undefined {
  try {
    const size = `size=${megabytes}m`;
    execFileSync("mount", ["-t", "tmpfs", "-o", size, "tmpfs", path], { stdio: "pipe" });
  } catch (error) {
    return `a full disk needs the right to mount one: ${(error as Error).message.trim().split("\n").at(-1)}`;
  }
  onTestFinished(() => void execFileSync("umount", ["--lazy", path]));
  return undefined;
}
