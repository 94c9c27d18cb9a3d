import { isTamisError } from "./errors.ts";

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
 * Creates a structured log. Before a sink sees a record:
 *
 * - a field whose name ends in a secret (`token`, `password`, `secret`, `authorization`, `cookie`, `credentials`,
 *   `apiKey` and its like; not a bare `key`) becomes `[redacted]`, at any depth, and so does the password of a
 *   URL in any text;
 * - an `Error` becomes its name, code, message, details, stack and causes;
 * - plain objects and arrays are walked six levels deep (`[deep]` below), and an object met inside itself becomes
 *   `[circular]`; an instance of another class becomes its name: `[Map]`, `[Socket]`;
 * - a `bigint` becomes a number, or its digits beyond 2^53.
 */
export function createLog(options: LogOptions): Log {
  const now = options.now ?? (() => new Date());
  const least = logLevels.indexOf(options.level ?? "info");

  function logWith(bound: LogFields): Log {
    const at =
      (level: LogLevel) =>
      (message: string, fields: LogFields = {}) => {
        if (logLevels.indexOf(level) < least) return;
        const record = {
          at: now(),
          level,
          message: redactText(message),
          fields: redactFields({ ...bound, ...fields }, []),
        };
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

/** A record as one line of JSON: `at` (ISO 8601), `level`, `message`, then the fields that have other names. */
export function formatLogLine(record: LogRecord): string {
  const own = { at: record.at.toISOString(), level: record.level, message: record.message };
  return JSON.stringify({ ...own, ...record.fields, ...own });
}

const secretName =
  /(?:token|password|passwd|passphrase|secret|authorization|cookie|credential|(?:api|access|private|secret|signing|encryption|hmac|pseudonym(?:isation)?)[-_ ]?key)s?$/i;
const urlPassword = /(:\/\/[^\s:/@]*:)[^\s/@]+@/g;
const maxDepth = 6;

function redactFields(fields: object, within: readonly object[]): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      secretName.test(name) ? "[redacted]" : redactValue(value, within),
    ]),
  );
}

/** @param within - the objects that hold `value`, outermost first. */
function redactValue(value: unknown, within: readonly object[]): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  if (within.includes(value)) return "[circular]";
  if (within.length === maxDepth) return "[deep]";
  const here = [...within, value];
  if (value instanceof Error) return describeError(value, here);
  if (Array.isArray(value)) return value.map((each) => redactValue(each, here));
  if (isPlain(value)) return redactFields(value, here);
  return `[${value.constructor?.name ?? "object"}]`;
}

/** A text without the passwords of the URLs in it. */
export function redactText(text: string): string {
  return text.replace(urlPassword, "$1[redacted]@");
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function describeError(error: Error, within: readonly object[]): LogFields {
  const { name, code, message, details, stack, cause, errors } = error as Error & Record<string, unknown>;
  const described = {
    name,
    code,
    message,
    details: isTamisError(error) ? details : undefined,
    stack,
    cause,
    errors,
  };
  const present = Object.entries(described).filter(([, value]) => value !== undefined);
  return redactFields(Object.fromEntries(present), within);
}
