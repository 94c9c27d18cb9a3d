import { availableParallelism, cpus } from "node:os";
import process from "node:process";
import type { HostFacts } from "@tamis/core";

/** What the process and the machine say about themselves. This file is the only reader of them. */
export interface Host extends HostFacts {
  /** Every environment variable. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Facts that a run remembers. */
  readonly machine: MachineFacts;
}

export type MachineFacts = {
  readonly node: string;
  readonly platform: string;
  readonly architecture: string;
  readonly cpu: string;
  readonly cpus: number;
};

/** Reads the environment variables, the working folder and the machine, as they are now. */
export function readHost(): Host {
  return {
    appEnv: process.env.APP_ENV,
    cwd: process.cwd(),
    variables: { ...process.env },
    machine: {
      node: process.version,
      platform: process.platform,
      architecture: process.arch,
      cpu: cpus()[0]?.model.trim() ?? "unknown",
      cpus: availableParallelism(),
    },
  };
}
