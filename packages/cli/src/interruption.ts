import { exitCodes } from "./exit-codes.ts";

type InterruptingSignal = "SIGINT" | "SIGTERM";

/** The part of Node's `process` that signals need. */
export interface SignalSource {
  on(signal: InterruptingSignal, listener: () => void): unknown;
  off(signal: InterruptingSignal, listener: () => void): unknown;
  exit(code: number): never;
}

export interface Interruption {
  /** Fires at the first Ctrl-C or termination signal. */
  readonly signal: AbortSignal;
  /** The exit code of the signal that came, `undefined` when none did. */
  exitCode(): number | undefined;
  /** Stops listening. */
  stop(): void;
}

/**
 * Turns Ctrl-C (SIGINT) and SIGTERM into an `AbortSignal`: the first one asks the work to stop cleanly, the
 * second one ends the process at once with 130 or 143.
 */
export function watchInterruption(source: SignalSource): Interruption {
  const controller = new AbortController();
  let code: number | undefined;
  const listen = (signalCode: number) => () => {
    if (code !== undefined) source.exit(signalCode);
    code = signalCode;
    controller.abort();
  };
  const onInterrupt = listen(exitCodes.interrupted);
  const onTerminate = listen(exitCodes.terminated);
  source.on("SIGINT", onInterrupt);
  source.on("SIGTERM", onTerminate);
  return {
    signal: controller.signal,
    exitCode: () => code,
    stop() {
      source.off("SIGINT", onInterrupt);
      source.off("SIGTERM", onTerminate);
    },
  };
}
