import { type ErrorCode, isTamisError, TamisError } from "@tamis/core";

/**
 * Turns an error of better-sqlite3 into a {@link TamisError}; the native error stays as its cause.
 *
 * @param path - the database file, named in the message.
 * @param statement - the SQL text, without its parameters.
 */
export function sqliteError(error: unknown, path: string, statement?: string): TamisError {
  if (isTamisError(error)) return error;
  const native = nativeCode(error);
  const [, code, sentence] = classes.find(([pattern]) => pattern.test(native)) ?? unknownClass;
  const message = error instanceof Error ? error.message : String(error);
  return new TamisError(code, `${sentence.replace("{path}", path)} (${message})`, {
    cause: error,
    details: {
      database: path,
      ...(native === "" ? {} : { engineCode: native }),
      ...(statement === undefined ? {} : { statement: statement.slice(0, 500) }),
    },
  });
}

/** True when SQLite said that somebody else is writing. */
export function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(nativeCode(error));
}

type ErrorClass = readonly [pattern: RegExp, code: ErrorCode, sentence: string];

const classes: readonly ErrorClass[] = [
  [/^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY|ROWID)$/, "conflict", "A row with this key exists already"],
  [/^SQLITE_CONSTRAINT/, "invalid_input", "The database refused a value that breaks its rules"],
  [/^SQLITE_MISMATCH$/, "invalid_input", "The database refused a value of another type than its column"],
  [
    /^SQLITE_(BUSY|LOCKED)/,
    "unavailable",
    "The database {path} is busy: something else is writing to it; try again in a moment",
  ],
  [
    /^SQLITE_FULL$|^SQLITE_IOERR_WRITE$/,
    "no_space",
    "The disk of {path} is full; free some space and try again",
  ],
  [
    /^SQLITE_(CORRUPT|NOTADB)/,
    "corrupt_data",
    "{path} is not a sound SQLite database; restore a backup or name another file with --records",
  ],
  [
    /^SQLITE_(READONLY|PERM|AUTH)/,
    "configuration",
    "{path} cannot be written; check the permissions of file and folder",
  ],
  [
    /^SQLITE_CANTOPEN/,
    "configuration",
    "{path} cannot be opened; check that its folder exists and can be written",
  ],
  [/^SQLITE_(TOOBIG|RANGE)/, "invalid_input", "A value is larger than the database accepts"],
];

const unknownClass: ErrorClass = [/^/, "database", "The database {path} refused a statement"];

function nativeCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && code.startsWith("SQLITE") ? code : "";
}
