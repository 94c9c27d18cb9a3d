import { type ErrorCode, isTamisError, TamisError } from "@tamis/core";

/**
 * Turns an error of better-sqlite3 into a {@link TamisError}; the native error stays as its cause.
 *
 * @param path - the database file, named in the message.
 * @param statement - the SQL text, without its parameters.
 */
export function sqliteError(error: unknown, path: string, statement?: string): TamisError {
  const native = nativeCode(error);
  return driverError(error, sqliteClasses, native.startsWith("SQLITE") ? native : "", path, statement);
}

/**
 * The same for an error of pg or of the network below it.
 *
 * @param place - server and database as `host:port/database`: never a URL, which may hold a password.
 */
export function postgresError(error: unknown, place: string, statement?: string): TamisError {
  return driverError(error, postgresClasses, nativeCode(error) || connectionCode(error), place, statement);
}

/** True when SQLite said that somebody else is writing. */
export function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(nativeCode(error));
}

/** True for a {@link postgresError} after which its connection is of no use any more. */
export function isConnectionLoss({ details }: TamisError): boolean {
  return connectionLoss.test(String(details.engineCode));
}

/** True when the engine undid a transaction for the sake of another one: done again, it may succeed. */
export function gaveWay(error: unknown): boolean {
  return isTamisError(error) && /^(40001|40P01)$/.test(String(error.details.engineCode));
}

type ErrorClass = readonly [pattern: RegExp, code: ErrorCode, sentence: string];

const sqliteClasses: readonly ErrorClass[] = [
  [/^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY|ROWID)$/, "conflict", "A row with this key exists already"],
  [/^SQLITE_CONSTRAINT/, "invalid_input", "The database refused a value that breaks its rules"],
  [/^SQLITE_MISMATCH$/, "invalid_input", "The database refused a value of another type than its column"],
  [
    /^SQLITE_(BUSY|LOCKED)/,
    "unavailable",
    "The database {place} is busy: something else is writing to it; try again in a moment",
  ],
  [
    /^SQLITE_FULL$|^SQLITE_IOERR_WRITE$/,
    "no_space",
    "The disk of {place} is full; free some space and try again",
  ],
  [
    /^SQLITE_(CORRUPT|NOTADB)/,
    "corrupt_data",
    "{place} is not a sound SQLite database; restore a backup or name another file with --records",
  ],
  [
    /^SQLITE_(READONLY|PERM|AUTH)/,
    "configuration",
    "{place} cannot be written; check the permissions of file and folder",
  ],
  [
    /^SQLITE_CANTOPEN/,
    "configuration",
    "{place} cannot be opened; check that its folder exists and can be written",
  ],
  [/^SQLITE_(TOOBIG|RANGE)/, "invalid_input", "A value is larger than the database accepts"],
];

const network =
  "ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ENOENT|connection";
const connectionLoss = new RegExp(`^(08...|57P0[1235]|25P03|${network})$`);

const postgresClasses: readonly ErrorClass[] = [
  [/^23505$|^23P01$/, "conflict", "A row with this key exists already"],
  [/^23...$/, "invalid_input", "The database refused a value that breaks its rules"],
  [/^22...$|^54...$/, "invalid_input", "The database refused a value that its column cannot hold"],
  [/^(40001|40P01)$/, "unavailable", "Another transaction was in the way; try again"],
  [
    /^(55P03|55006)$/,
    "unavailable",
    "Something else is writing to the database {place}; try again in a moment",
  ],
  [/^57014$/, "timeout", "The database {place} took too long; raise ?statement_timeout= in --records"],
  [/^53100$/, "no_space", "The disk of the database {place} is full; free some space and try again"],
  [/^53...$/, "unavailable", "The database {place} has no connection or memory left; try again later"],
  [connectionLoss, "unavailable", "The database {place} cannot be reached; check that it runs and try again"],
  [/^28...$/, "configuration", "The database {place} refused the user or password of --records"],
  [
    /^3D000$/,
    "configuration",
    "There is no database {place}; make it with createdb, or name another one with --records",
  ],
  [/^3F000$/, "configuration", "The search path of the database {place} names no schema to put tables in"],
  [
    /^42501$/,
    "configuration",
    "The user of --records lacks a right on the database {place}; make it the owner: alter database … owner to …",
  ],
  [/^25006$/, "configuration", "The database {place} can only be read: it is a standby, or set to read-only"],
  [/^ENOTFOUND$/, "configuration", "The host of {place} is unknown; check --records"],
  [
    /^password$/,
    "configuration",
    "The database {place} asks for a password; put it into --records or PGPASSWORD",
  ],
  [
    /^(ssl|ERR_TLS.*|.*_CERT.*|.*CERT_.*)$/,
    "configuration",
    "No secure connection to {place}; see ?sslmode=",
  ],
  [/^(XX00[12]|58030)$/, "corrupt_data", "The database {place} found damaged pages; restore a backup"],
];

function driverError(
  error: unknown,
  classes: readonly ErrorClass[],
  engineCode: string,
  place: string,
  statement: string | undefined,
): TamisError {
  if (isTamisError(error)) return error;
  const [, code, sentence] = classes.find(([pattern]) => pattern.test(engineCode)) ?? unknownClass;
  const message = error instanceof Error ? error.message : String(error);
  return new TamisError(code, `${sentence.replace("{place}", place)} (${message})`, {
    cause: error,
    details: {
      database: place,
      ...(engineCode === "" ? {} : { engineCode }),
      ...(statement === undefined ? {} : { statement: statement.slice(0, 500) }),
    },
  });
}

const unknownClass: ErrorClass = [/^/, "database", "The database {place} refused a statement"];

function nativeCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
}

/** pg gives no code to the failures of its own connection. */
function connectionCode(error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  if (/password must be a string|no password/i.test(message)) return "password";
  if (/SSL/.test(message)) return "ssl";
  const lost = /connection (terminated|error|ended)|client was closed|timeout exceeded|not queryable/i;
  return lost.test(message) ? "connection" : "";
}
