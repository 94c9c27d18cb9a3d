import { describe, expect, it } from "vitest";
import { formatAge, formatCount, formatInstant, formatNumber } from "./format.ts";

const now = new Date("2026-11-21T12:00:00Z");

describe("formatAge", () => {
  it.each([
    ["2026-11-21T11:59:31Z", "just now"],
    ["2026-11-21T11:57:00Z", "3 minutes ago"],
    ["2026-11-21T10:00:00Z", "2 hours ago"],
    ["2026-11-20T11:00:00Z", "yesterday"],
    ["2026-11-01T12:00:00Z", "20 days ago"],
  ])("%s is %s", (instant, age) => {
    expect(formatAge(new Date(instant), now)).toBe(age);
  });
});

it("writes counts, numbers and instants for a reader", () => {
  expect(formatCount(100836)).toBe("100,836");
  expect(formatNumber(-1.005, 1)).toBe("−1.0");
  expect(formatNumber(null, 2)).toBe("—");
  expect(formatInstant(now)).toBe("21 Nov 2026, 12:00 UTC");
});
