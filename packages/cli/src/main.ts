import process from "node:process";
import { runTamis } from "./run.ts";

// A reader that has seen enough (`tamis rejects | head`) closes the pipe: not a failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});
// Nobody listens to progress and logs any more: the work itself goes on.
process.stderr.on("error", () => {});

process.exitCode = await runTamis(process.argv.slice(2), {
  process: { stdout: process.stdout, stderr: process.stderr, env: process.env },
  cwd: process.cwd(),
  signals: process,
});
