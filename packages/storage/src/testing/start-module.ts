import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";

/** A module that runs in a process of its own; its lines on stdout are the conversation with the test. */
export interface StartedModule {
  readonly child: ChildProcess;
  /** The next line it prints; rejects with its stderr when it ends before. */
  nextLine(): Promise<string>;
  /** Resolves with the exit code, `null` after a signal. */
  readonly exit: Promise<number | null>;
}

/**
 * Starts TypeScript source in a new Node process, from the sources of this repository.
 *
 * @param source - an ES module; import files of this package by their full URL.
 */
export function startModule(source: string): StartedModule {
  const flags = ["--import", "tsx", "--conditions=@tamis/source", "--input-type=module", "--eval", source];
  const child = spawn(process.execPath, flags, { stdio: ["pipe", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    async nextLine() {
      const { value, done } = await lines.next();
      if (done) throw new Error(`the process ended: ${errors}`);
      return value;
    },
    exit: new Promise((resolve) => child.once("close", resolve)),
  };
}
