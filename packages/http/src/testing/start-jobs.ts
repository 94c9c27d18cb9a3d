import { join } from "node:path";
import { createLog, type LogRecord } from "@tamis/core";
import { type Jobs, startJobs } from "../jobs-thread.ts";
import type { OpenService } from "./open-service.ts";

/** A jobs thread on the stores of a service, and what it logged. */
export function startTestJobs({ folder }: OpenService): { jobs: Jobs; logged: LogRecord[] } {
  const dataDir = join(folder, "data");
  const logged: LogRecord[] = [];
  const log = createLog({ level: "debug", sinks: [{ write: (record) => void logged.push(record) }] });
  return { jobs: startJobs({ stores: { dataDir }, codeVersion: "1.2.3", log }), logged };
}
