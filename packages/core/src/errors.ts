/**
 * Every failure that leaves a Tamis function is a {@link TamisError} with one of these codes.
 *
 * The codes are closed and stable: callers switch on them, HTTP maps each to one status and the command line
 * to one exit code. The five kinds an operator asks for first are `data_load`, `analysis`, `configuration`,
 * `database` and `invalid_input` (validation).
 */
export const errorCodes = [
  "invalid_input", // the caller's own argument, flag or body is wrong
  "data_load", // a file or table cannot be read as what it is said to be
  "analysis", // a computation has no defined answer on this data
  "configuration", // a setting, driver or credential is missing or wrong
  "database", // the records engine refused, for a reason that is not the caller's
  "not_found",
  "conflict", // somebody else holds it, or it changed meanwhile
  "refused", // a rule said no: candidate not better, confirmation missing
  "unauthenticated",
  "forbidden",
  "unsupported",
  "unavailable", // try again later
  "no_space", // the disk or quota is full; nothing was half-written
  "timeout",
  "aborted", // the caller cancelled
  "corrupt_data", // stored bytes do not match their checksum or format
] as const;

/** One of {@link errorCodes}. */
export type ErrorCode = (typeof errorCodes)[number];

const brand = Symbol.for("tamis.error");

/** Facts that help to find the offender: a file, a line, a field, a key. Never a secret. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/**
 * The one error class of Tamis. `message` names the offender and the remedy; `cause` keeps the native error.
 *
 * @example
 * throw new TamisError("not_found", "No model named “films”. Train one with: tamis train", { details: { model: "films" } });
 */
export class TamisError extends Error {
  override readonly name = "TamisError";
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
    Object.defineProperty(this, brand, { value: true });
  }
}

/** True for a {@link TamisError}, even one made by another copy of this package. */
export function isTamisError(value: unknown): value is TamisError {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[brand] === true;
}

/**
 * Throws `aborted` when `signal` has fired; call it between steps of long work.
 *
 * @throws aborted
 */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new TamisError("aborted", "The work was cancelled before it finished; nothing was half-written.", {
      cause: signal.reason,
    });
  }
}
