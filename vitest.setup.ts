import { afterEach, beforeEach, expect, vi } from "vitest";

/** A library that prints is a bug: any unexpected `console.*` call fails the test that caused it. */
const methods = ["log", "info", "warn", "error", "debug"] as const;
const spies = new Map<string, ReturnType<typeof vi.spyOn>>();

beforeEach(() => {
  for (const method of methods)
    spies.set(
      method,
      vi.spyOn(console, method).mockImplementation(() => {}),
    );
});

afterEach(() => {
  const calls = [...spies]
    .filter(([, spy]) => spy.mock.calls.length > 0)
    .map(([method, spy]) => [method, spy.mock.calls]);
  vi.restoreAllMocks();
  expect(calls, "unexpected console output").toEqual([]);
});
