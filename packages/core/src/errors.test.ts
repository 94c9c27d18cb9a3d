import { describe, expect, it } from "vitest";
import { errorCodes, isTamisError, TamisError, throwIfAborted } from "./errors.ts";

describe("TamisError", () => {
  it("carries code, message, details and the native cause", () => {
    const cause = new Error("ENOENT");
    const error = new TamisError("data_load", "ratings.csv is missing.", {
      details: { file: "ratings.csv" },
      cause,
    });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: "TamisError",
      code: "data_load",
      message: "ratings.csv is missing.",
      details: { file: "ratings.csv" },
      cause,
    });
    expect(String(error)).toBe("TamisError: ratings.csv is missing.");
  });

  it("has empty details and no cause property when none is given", () => {
    const error = new TamisError("conflict", "Somebody else holds the lock.");
    expect(error.details).toEqual({});
    expect("cause" in error).toBe(false);
  });

  it("distinguishes the five kinds of failure an operator asks for (K-33)", () => {
    for (const code of ["data_load", "analysis", "configuration", "database", "invalid_input"] as const)
      expect(errorCodes).toContain(code);
    expect(new Set(errorCodes).size).toBe(errorCodes.length);
  });
});

describe("isTamisError", () => {
  it("recognises an error made by another copy of the package", async () => {
    const copy: typeof import("./errors.ts") = await import("./errors.ts?another-copy" as "./errors.ts");
    expect(copy.TamisError).not.toBe(TamisError);
    const foreign = new copy.TamisError("timeout", "Too slow.");
    expect(foreign instanceof TamisError).toBe(false);
    expect(isTamisError(foreign)).toBe(true);
  });

  it("refuses everything else", () => {
    for (const value of [
      new Error("x"),
      { code: "timeout", name: "TamisError" },
      null,
      undefined,
      "timeout",
      7,
    ])
      expect(isTamisError(value)).toBe(false);
  });
});

describe("throwIfAborted", () => {
  it("does nothing without a signal, or before the signal fires", () => {
    throwIfAborted(undefined);
    throwIfAborted(new AbortController().signal);
  });

  it("throws aborted and keeps the reason once the signal has fired", () => {
    const reason = new Error("Ctrl-C");
    expect(() => throwIfAborted(AbortSignal.abort(reason))).toThrow(
      expect.objectContaining({ code: "aborted", cause: reason }),
    );
  });
});
