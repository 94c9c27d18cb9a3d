import { type ErrorCode, type ErrorDetails, isTamisError, TamisError } from "./errors.ts";

/** An error as plain data: what is left of it when it goes to another thread. */
export interface PlainError {
  /** Absent when it was no {@link TamisError}. */
  readonly code?: ErrorCode;
  readonly message: string;
  readonly details?: ErrorDetails;
}

/** What another thread is told of an error; its cause and its stack stay here. */
export function toPlainError(error: unknown): PlainError {
  const { message } = error as Error;
  return isTamisError(error) ? { code: error.code, message, details: error.details } : { message };
}

/** The error that another thread told of. */
export function fromPlainError({ code, message, details }: PlainError): Error {
  return code === undefined
    ? new Error(message)
    : new TamisError(code, message, { ...(details && { details }) });
}
