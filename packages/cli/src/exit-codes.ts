import { type ErrorCode, isTamisError } from "@tamis/core";

/** What each exit code of the command means; scripts rely on them. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  dataRefused: 3,
  notFound: 4,
  notAuthorised: 5,
  refused: 6,
  conflict: 7,
  temporary: 75,
  nothingToDo: 99,
  interrupted: 130,
  terminated: 143,
} as const;

const byErrorCode: Readonly<Record<ErrorCode, number>> = {
  invalid_input: exitCodes.usage,
  configuration: exitCodes.usage,
  data_load: exitCodes.dataRefused,
  not_found: exitCodes.notFound,
  unauthenticated: exitCodes.notAuthorised,
  forbidden: exitCodes.notAuthorised,
  refused: exitCodes.refused,
  conflict: exitCodes.conflict,
  unavailable: exitCodes.temporary,
  timeout: exitCodes.temporary,
  aborted: exitCodes.interrupted,
  analysis: exitCodes.failed,
  database: exitCodes.failed,
  unsupported: exitCodes.failed,
  no_space: exitCodes.failed,
  corrupt_data: exitCodes.failed,
};

/** The exit code of a failure: by the code of a `TamisError`, else 1. */
export function exitCodeOf(error: unknown): number {
  return isTamisError(error) ? byErrorCode[error.code] : exitCodes.failed;
}

/**
 * The exit code of what Stricli returned. It uses negative codes for its own findings (a shell would show
 * them as 252 and 251): a bad argument and an unknown command are usage errors, the rest are failures.
 */
export function remapStricliCode(code: number): number {
  if (code >= 0) return code;
  return code === -4 || code === -5 ? exitCodes.usage : exitCodes.failed;
}
