import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  createLog,
  formatLogLine,
  type Log,
  type LogLevel,
  type OnProgress,
  type ResolvedConfig,
  resolveConfig,
  TamisError,
} from "@tamis/core";
import type { Tamis } from "@tamis/storage";
import type { Mlflow } from "@tamis/storage/mlflow";
import { type SignalSource, watchInterruption } from "./interruption.ts";
import { createOutput, type Output, type OutputStream } from "./output.ts";
import { progressRenderer } from "./progress.ts";

/** What the command needs of the process it runs in. */
export interface Shell {
  readonly process: {
    readonly stdout: OutputStream;
    readonly stderr: OutputStream;
    readonly env: Readonly<Record<string, string | undefined>>;
    exitCode?: number | string | null;
  };
  readonly cwd: string;
  readonly signals: SignalSource;
}

/** Flags that every command takes. */
export interface GlobalFlags {
  readonly dataDir?: string;
  readonly records?: string;
  readonly objects?: string;
  readonly logLevel?: LogLevel;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Settings that only some commands take as flags. */
export interface ServiceFlags {
  readonly host?: string;
  readonly port?: string;
  readonly rateLimit?: string;
  readonly rateBurst?: string;
  readonly corsOrigins?: string;
  readonly trustedProxies?: string;
  readonly drainSeconds?: string;
}

/** What a command works with. */
export interface Context extends ResolvedConfig {
  readonly output: Output;
  readonly log: Log;
  readonly onProgress: OnProgress;
  /** Fires at Ctrl-C or SIGTERM, in commands that say what happens then (`whenInterrupted`). */
  readonly signal: AbortSignal;
  /** True with `--json`. */
  readonly json: boolean;
  /** Opens the stores at the first call; they are closed when the command ends. */
  tamis(): Promise<Tamis>;
  /**
   * The MLflow server that our records are mirrored to, `undefined` when none is configured. An interruption ends what is
   * being sent, and so does the end of the command.
   */
  mlflow(): Promise<Mlflow | undefined>;
  /** Ends the command with this code although nothing was thrown. */
  exitWith(code: number): void;
}

export interface ContextOptions {
  readonly flags: GlobalFlags & ServiceFlags & { readonly mlflowUrl?: string };
  /** When given, Ctrl-C and SIGTERM abort the work instead of ending the process, and this is said. */
  readonly whenInterrupted?: string | undefined;
}

/**
 * Settles the configuration, runs `work` and closes what was opened.
 *
 * @throws configuration when a setting is wrong; what `work` throws
 */
export async function withContext(
  shell: Shell,
  options: ContextOptions,
  work: (context: Context) => Promise<void>,
): Promise<void> {
  const { flags } = options;
  const { json = false, quiet = false } = flags;
  const resolved = resolveConfig({
    flags: { ...flags },
    environment: shell.process.env,
    file: readConfigFile(shell.cwd),
  });
  const { config } = resolved;
  const progress = progressRenderer(shell.process.stderr, { quiet });
  const interruption = options.whenInterrupted ? watchInterruption(shell.signals) : undefined;
  const log = createLog({
    level: config.logLevel,
    sinks: [{ write: (record) => shell.process.stderr.write(`${formatLogLine(record)}\n`) }],
  });
  const signal = interruption?.signal ?? new AbortController().signal;
  let opened: Promise<Tamis> | undefined;
  let mirrored: Promise<Mlflow> | undefined;
  const tamis = () => {
    opened ??= import("@tamis/storage").then(({ openTamis }) => openTamis(config));
    return opened;
  };
  try {
    await work({
      ...resolved,
      json,
      output: createOutput(shell.process, { json, quiet, progress }),
      log,
      onProgress: progress.onProgress,
      signal,
      tamis,
      async mlflow() {
        const { mlflowUrl: url } = config;
        if (url === undefined) return undefined;
        mirrored ??= Promise.all([tamis(), import("@tamis/storage/mlflow")]).then(
          ([stores, { openMlflow }]) => {
            const mlflow = openMlflow(stores, { url, log });
            signal.addEventListener("abort", () => void mlflow.close());
            return mlflow;
          },
        );
        return await mirrored;
      },
      exitWith(code) {
        shell.process.exitCode = code;
      },
    });
  } catch (error) {
    const code = interruption?.exitCode();
    if (code === undefined) throw error;
    // After a signal, whatever the work died of was the interruption.
    shell.process.exitCode = code;
    throw new TamisError("aborted", options.whenInterrupted as string, { cause: error });
  } finally {
    progress.clear();
    interruption?.stop();
    await mirrored?.then(
      (mlflow) => mlflow.close(),
      () => {}, // likewise
    );
    await opened?.then(
      (tamis) => tamis.close(),
      () => {}, // the failure to open is what `work` threw
    );
  }
}

function readConfigFile(cwd: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(join(cwd, "tamis.config.json"), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new TamisError("configuration", "tamis.config.json cannot be read.", { cause: error });
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new TamisError(
      "configuration",
      `tamis.config.json is not valid JSON: ${(error as Error).message}.`,
      { cause: error },
    );
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new TamisError("configuration", "tamis.config.json must hold one JSON object with the settings.");
  }
  return parsed as Record<string, unknown>;
}
