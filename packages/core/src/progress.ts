/**
 * How far a long piece of work has come. The command line prints it on stderr, the service streams it.
 *
 * `total` is absent while it is not known; `unit` says what is counted (`rows`, `bytes`, `epochs`).
 */
export interface Progress {
  readonly phase: string;
  readonly done: number;
  readonly total?: number;
  readonly unit: string;
}

/** Receives {@link Progress}; must be cheap and must not throw. */
export type OnProgress = (progress: Progress) => void;
