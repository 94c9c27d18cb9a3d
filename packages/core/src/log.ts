/** From the least to the most severe. */
export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

/** Facts of a log record. Secrets are removed by {@link createLog} before a sink sees them. */
export type LogFields = Readonly<Record<string, unknown>>;

export interface LogRecord {
  readonly at: Date;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/** Where records go: a file, a stream, an array in a test. Must not throw. */
export interface LogSink {
  write(record: LogRecord): void;
}

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A log that adds `fields` to every record. */
  with(fields: LogFields): Log;
}

export interface LogOptions {
  readonly sinks: readonly LogSink[];
  /** Records below it are dropped. @default "info" */
  readonly level?: LogLevel;
  /** @default () => new Date() */
  readonly now?: () => Date;
}

/**
 * Creates a structured log. A field whose name speaks of a secret (`token`, `password`, `secret`, `authorization`,
 * `cookie`, `key` as a last word) is written as `[redacted]`, at any depth; an `Error` is written with its
 * code, message, stack and causes.
 */
export function createLog(options: LogOptions): Log {
  const now = options.now ?? (() => new Date());
  const least = logLevels.indexOf(options.level ?? "info");

  function logWith(bound: LogFields): Log {
    const at =
      (level: LogLevel) =>
      (message: string, fields: LogFields = {}) => {
        if (logLevels.indexOf(level) < least) return;
        const record = { at: now(), level, message, fields: redact({ ...bound, ...fields }) };
        for (const sink of options.sinks) sink.write(record);
      };
    return {
      debug: at("debug"),
      info: at("info"),
      warn: at("warn"),
      error: at("error"),
      with: (fields) => logWith({ ...bound, ...fields }),
    };
  }
  return logWith({});
}

/** A log that goes nowhere: the default where a log is optional. */
export const silentLog: Log = createLog({ sinks: [] });

/** A record as one line of JSON: `at` (ISO 8601), `level`, `message`, then the fields. */
export function formatLogLine(record: LogRecord): string {
  return JSON.stringify({
    at: record.at.toISOString(),
    level: record.level,
    message: record.message,
    ...record.fields,
  });
}

const secretName =
  /(?:^|[_\-.])(?:tokens?|passwords?|passwd|secrets?|authorization|cookies?|credentials?|(?:api|access|private|secret|signing|hmac)[_-]?keys?)$/i;
const camelWords = /([a-z0-9])([A-Z])/g;

function redact(value: LogFields): LogFields {
  return redactValue(value, 0) as LogFields;
}

function redactValue(value: unknown, depth: number): unknown {
  if (value instanceof Error) return describeError(value, depth);
  if (value instanceof Date) return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth > 5) return "[deep]";
  if (Array.isArray(value)) return value.map((each) => redactValue(each, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      secretName.test(name.replace(camelWords, "$1_$2")) ? "[redacted]" : redactValue(each, depth + 1),
    ]),
  );
}

function describeError(error: Error, depth: number): unknown {
  const code = (error as { code?: unknown }).code;
  return {
    name: error.name,
    ...(code === undefined ? {} : { code }),
    message: error.message,
    stack: error.stack,
    ...(error.cause === undefined || depth > 5 ? {} : { cause: redactValue(error.cause, depth + 1) }),
  };
}
