import type { Id } from "../id.ts";

/** How a run ended, or `running`. A process that dies leaves `running`; whoever finds it late marks it `failed`. */
export type RunStatus = "running" | "finished" | "failed" | "cancelled";

/**
 * Remembers what a piece of work was given and what came out: our own records, or MLflow.
 *
 * Parameters are set once; a metric may be logged again with a higher `step`.
 */
export interface RunTracker {
  /** Opens a run and returns its id. */
  start(run: NewRun): Promise<string>;
  logParameters(
    runId: string,
    parameters: Readonly<Record<string, string | number | boolean>>,
  ): Promise<void>;
  logMetrics(runId: string, metrics: Readonly<Record<string, number>>, step?: number): Promise<void>;
  /**
   * Keeps a file that the run made; one of the same path takes its place.
   *
   * @throws invalid_input for a path with an empty part, `.` or `..` in it
   */
  logArtifact(runId: string, artifact: RunArtifact): Promise<void>;
  /** Closes a run; `message` is the sentence shown beside it (a verdict, an error). */
  finish(runId: string, status: Exclude<RunStatus, "running">, message?: string): Promise<void>;
}

export interface NewRun {
  readonly experiment: string;
  readonly name: string;
  /** Digest of the snapshot the run works on, when it works on one. */
  readonly snapshot?: string;
  readonly seed?: number;
  readonly tags?: Readonly<Record<string, Id>>;
}

export interface RunArtifact {
  /** Its name inside the run, with `/` between folders: `log.txt`, `plots/errors.svg`. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Media type. @default "application/octet-stream" */
  readonly contentType?: string;
}
