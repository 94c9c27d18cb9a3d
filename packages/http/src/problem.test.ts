import { errorCodes, TamisError } from "@tamis/core";
import { HTTPException } from "hono/http-exception";
import { describe, expect, it } from "vitest";
import { problem, problemKinds, problemOf } from "./problem.ts";

describe("problemOf", () => {
  it("gives every error code its own stable type and a status of an error", () => {
    const documents = errorCodes.map((code) => problemOf(new TamisError(code, "why"), "r-1"));
    expect(new Set(documents.map(({ type }) => type)).size).toBe(errorCodes.length);
    for (const { type, status, instance } of documents) {
      expect(type).toMatch(/^urn:tamis:problem:[a-z-]+$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(instance).toBe("r-1");
    }
  });

  it("keeps the sentence of an error that a caller can act on", () => {
    expect(problemOf(new TamisError("not_found", "There is no item 7."), "r-1")).toEqual({
      type: "urn:tamis:problem:not-found",
      title: "Not found",
      status: 404,
      detail: "There is no item 7.",
      instance: "r-1",
    });
  });

  it.each([
    new Error("password=hunter2"),
    new TamisError("database", "SELECT * FROM secrets: hunter2"),
    new TamisError("configuration", "the key is hunter2"),
    new HTTPException(500, { message: "hunter2" }),
    "hunter2",
  ])("says nothing of what lies behind a 500", (thrown) => {
    const document = problemOf(thrown, "r-1");
    expect(document.status).toBe(500);
    expect(JSON.stringify(document)).not.toContain("hunter2");
  });
});

describe("problem", () => {
  it("leaves errors out when there are none", () => {
    expect(problem("not_found", "why", "r-1")).not.toHaveProperty("errors");
  });

  it("has a title for each kind", () => {
    for (const { title } of Object.values(problemKinds)) expect(title).not.toBe("");
  });
});
