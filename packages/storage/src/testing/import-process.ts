import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface ImportProcess {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it printed last: the result or the error's code, as JSON. */
  readonly answer: Record<string, unknown> | undefined;
}

/**
 * Imports a file in a process of its own.
 *
 * @param onPhase - told each new phase of the progress, and the process; its answer is a signal to send at once.
 * @param records - URL of the records; those of the data dir when absent.
 */
export function importProcess(
  dataDir: string,
  file: string,
  onPhase: (phase: string, child: ChildProcess) => NodeJS.Signals | undefined = () => undefined,
  records = `sqlite:${dataDir}/tamis.db`,
): Promise<ImportProcess> {
  const script = fileURLToPath(new URL("./import-process-main.ts", import.meta.url));
  const child = spawn(
    process.execPath,
    ["--conditions=@tamis/source", "--import", "tsx", script, dataDir, file, records],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let printed = "";
  let seen = 0;
  child.stdout.on("data", (chunk) => {
    printed += chunk;
    const lines = printed.split("\n").slice(0, -1);
    for (; seen < lines.length; seen++) {
      const { phase } = JSON.parse(lines[seen]!) as { phase?: string };
      const signal = phase === undefined ? undefined : onPhase(phase, child);
      if (signal) child.kill(signal);
    }
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const last = printed.trim().split("\n").at(-1);
      resolve({ code, signal, answer: last ? JSON.parse(last) : undefined });
    });
  });
}
