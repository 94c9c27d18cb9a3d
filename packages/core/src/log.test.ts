import { describe, expect, it } from "vitest";
import { TamisError } from "./errors.ts";
import { createLog, formatLogLine, type LogFields, type LogLevel, type LogRecord, silentLog } from "./log.ts";

function recordingLog(level?: LogLevel) {
  const records: LogRecord[] = [];
  const now = () => new Date("2026-01-02T03:04:05Z");
  const log = createLog({
    sinks: [{ write: (record) => records.push(record) }],
    now,
    ...(level && { level }),
  });
  return { log, records };
}

function written(fields: LogFields): LogFields {
  const { log, records } = recordingLog();
  log.info("it happened", fields);
  return records[0]!.fields;
}

describe("createLog", () => {
  it("writes each level from the chosen one up, to every sink", () => {
    const { log, records } = recordingLog("warn");
    for (const level of ["debug", "info", "warn", "error"] as const) log[level](`a ${level}`);
    expect(records.map(({ level, message }) => [level, message])).toEqual([
      ["warn", "a warn"],
      ["error", "a error"],
    ]);
    const [first, second]: LogRecord[][] = [[], []];
    createLog({ sinks: [first!, second!].map((to) => ({ write: (record) => to.push(record) })) }).info("x");
    expect([first!.length, second!.length]).toEqual([1, 1]);
    silentLog.error("nowhere");
  });

  it("drops debug by default", () => {
    const { log, records } = recordingLog();
    log.debug("detail");
    expect(records).toEqual([]);
  });

  it("adds bound fields to every record; a record's own field wins", () => {
    const { log, records } = recordingLog();
    const bound = log.with({ runId: "r1", step: 1 }).with({ model: "svd" });
    bound.info("fit", { step: 2 });
    log.info("plain");
    expect(records.map(({ fields }) => fields)).toEqual([{ runId: "r1", step: 2, model: "svd" }, {}]);
  });
});

describe("redaction", () => {
  it("hides fields whose names end in a secret, whatever their spelling", () => {
    const names = [
      "token",
      "API_TOKEN",
      "userAPIToken",
      "password",
      "dbPassword",
      "passwd",
      "client-secret",
      "Cookie",
    ];
    names.push(
      "authorization",
      "set-cookie",
      "apiKey",
      "x-api-key",
      "secretAccessKey",
      "signing_key",
      "credentials",
    );
    names.push("pseudonymKey", "hmacKeys", "AWS_SECRET_ACCESS_KEY", "encryptionKey");
    for (const name of names) expect(written({ [name]: "hunter2" }), name).toEqual({ [name]: "[redacted]" });
  });

  it("leaves names alone that only speak of keys or tokens", () => {
    const fields = {
      key: "curated/x.parquet",
      objectKey: "models/1",
      primaryKey: 7,
      tokenCount: 3,
      secretary: "Ann",
    };
    expect(written(fields)).toEqual(fields);
  });

  it("reaches bound fields, arrays, nested objects and errors, and hides whole objects", () => {
    const { log, records } = recordingLog();
    const cause = Object.assign(
      new TamisError("database", "refused", { details: { apiKey: "hunter2", line: 3 } }),
    );
    const nested = {
      a: [{ b: { password: "hunter2", user: "ann" } }],
      credentials: { id: 1, key: "hunter2" },
    };
    log.with({ token: "hunter2" }).error("failed", { nested, error: new Error("outer", { cause }) });
    expect(JSON.stringify(records)).not.toContain("hunter2");
    expect(records[0]!.fields).toMatchObject({
      token: "[redacted]",
      nested: { a: [{ b: { password: "[redacted]", user: "ann" } }], credentials: "[redacted]" },
      error: { cause: { details: { apiKey: "[redacted]", line: 3 } } },
    });
  });

  it("hides the password of a URL in messages, fields and error texts", () => {
    const { log, records } = recordingLog();
    const url = "postgres://tamis:hunter2@db.example:5432/films";
    log.info(`opening ${url}`, { url, list: [url], error: new Error(`cannot reach ${url}`) });
    expect(JSON.stringify(records)).not.toContain("hunter2");
    expect(records[0]!.message).toBe("opening postgres://tamis:[redacted]@db.example:5432/films");
    expect(written({ url: "http://127.0.0.1:8080/a@b" })).toEqual({ url: "http://127.0.0.1:8080/a@b" });
  });

  it("does not change what the caller gave", () => {
    const fields = { password: "hunter2", nested: { token: "t" } };
    written(fields);
    expect(fields).toEqual({ password: "hunter2", nested: { token: "t" } });
  });
});

describe("what a field becomes", () => {
  it("writes an error with code, details, stack and causes down to the first", () => {
    const system = Object.assign(new Error("no space left"), { code: "ENOSPC" });
    const middle = new TamisError("no_space", "The disk is full.", {
      details: { file: "a.db" },
      cause: system,
    });
    const { error } = written({ error: new Error("import failed", { cause: middle }) }) as { error: unknown };
    expect(error).toEqual({
      name: "Error",
      message: "import failed",
      stack: expect.stringContaining("log.test.ts"),
      cause: {
        name: "TamisError",
        code: "no_space",
        message: "The disk is full.",
        details: { file: "a.db" },
        stack: expect.any(String),
        cause: { name: "Error", code: "ENOSPC", message: "no space left", stack: expect.any(String) },
      },
    });
  });

  it("writes every error of an AggregateError, and causes that are no errors", () => {
    const error = new AggregateError([new Error("IPv6"), new Error("IPv4")], "no address", { cause: "dns" });
    expect(written({ error })).toMatchObject({
      error: { message: "no address", errors: [{ message: "IPv6" }, { message: "IPv4" }], cause: "dns" },
    });
  });

  it("ends at an object that holds itself, by fields, arrays or causes", () => {
    const knot: Record<string, unknown> = { name: "knot", list: [] };
    knot.self = knot;
    (knot.list as unknown[]).push(knot);
    const error = new Error("loop");
    error.cause = error;
    const fields = written({ knot, error });
    expect(fields.knot).toEqual({ name: "knot", list: ["[circular]"], self: "[circular]" });
    expect(fields.error).toMatchObject({ message: "loop", cause: "[circular]" });
    expect(() => JSON.stringify(fields)).not.toThrow();
  });

  it("shows an object twice that stands in two places", () => {
    const shared = { id: 1 };
    expect(written({ a: shared, b: [shared] })).toEqual({ a: { id: 1 }, b: [{ id: 1 }] });
  });

  it("stops six levels down, however deep the object", () => {
    const deep = Array.from({ length: 100_000 }).reduce<unknown>((inner) => ({ inner }), 1);
    expect(JSON.stringify(written({ deep })).match(/inner/g)).toHaveLength(6);
    expect(JSON.stringify(written({ deep }))).toContain("[deep]");
  });

  it("names instances of other classes instead of walking them", () => {
    class Socket {
      readonly peer = this;
      readonly password = "hunter2";
    }
    const fields = {
      map: new Map([[1, 2]]),
      bytes: new Uint8Array(9),
      socket: new Socket(),
      bare: Object.create(null),
    };
    expect(written(fields)).toEqual({ map: "[Map]", bytes: "[Uint8Array]", socket: "[Socket]", bare: {} });
  });

  it("writes a bigint as a number while that is exact, else as its digits", () => {
    expect(
      written({ small: 7n, edge: 9007199254740991n, large: 9007199254740993n, low: -9007199254740993n }),
    ).toEqual({
      small: 7,
      edge: 9007199254740991,
      large: "9007199254740993",
      low: "-9007199254740993",
    });
  });
});

describe("formatLogLine", () => {
  it("is one line of JSON: at, level, message, then the fields", () => {
    const { log, records } = recordingLog();
    log.info("two\nlines", { rows: 3, when: new Date(0), nothing: undefined });
    expect(formatLogLine(records[0]!)).toBe(
      '{"at":"2026-01-02T03:04:05.000Z","level":"info","message":"two\\nlines","rows":3,"when":"1970-01-01T00:00:00.000Z"}',
    );
  });

  it("cannot be made to lie by a field called level or message", () => {
    const { log, records } = recordingLog();
    log.error("the truth", { level: "info", message: "all is well", at: "never" });
    expect(JSON.parse(formatLogLine(records[0]!))).toEqual({
      at: "2026-01-02T03:04:05.000Z",
      level: "error",
      message: "the truth",
    });
  });
});
