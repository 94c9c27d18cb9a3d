import { type ErrorCode, isTamisError, TamisError } from "@tamis/core";

/**
 * Turns an error of `node:fs` into a {@link TamisError} with the native error as its cause. Another error, of the
 * caller's own stream, stays what it is.
 */
export function fileSystemError(error: unknown, subject: string): unknown {
  if (isTamisError(error) || !isSystemError(error)) return error;
  const [, code, sentence] = classes.find(([codes]) => hasCode(error, ...codes)) ?? unknownClass;
  return new TamisError(code, `${subject}: ${sentence} (${error.message}).`, { cause: error });
}

/** True for an error of the system with one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && codes.includes(code);
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "errno" in error && "code" in error;
}

const classes: readonly (readonly [codes: readonly string[], code: ErrorCode, sentence: string])[] = [
  [
    ["ENOSPC", "EDQUOT"],
    "no_space",
    "the disk is full and nothing was stored; free some space and try again",
  ],
  [
    ["EACCES", "EPERM", "EROFS"],
    "configuration",
    "not permitted; check the owner and permissions of the folder",
  ],
  [["ENOENT"], "not_found", "it was removed meanwhile"],
  [["ENOTDIR", "EEXIST"], "configuration", "a file is where a folder should be"],
  [["ELOOP"], "forbidden", "it is a symbolic link, which a folder store does not follow"],
  [["ENAMETOOLONG"], "invalid_input", "the name is too long for this file system"],
];

const unknownClass = [[], "unavailable", "the file system refused; try again"] as const;
