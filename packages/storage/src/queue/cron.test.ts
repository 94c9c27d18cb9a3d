import { intervalsBetween, latestInterval, type NextRun } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { cron } from "./cron.ts";

/** The next firings, as UTC text up to the minute. */
function firings(nextRun: NextRun, after: string, count: number): string[] {
  const found: string[] = [];
  let at: Date | null = new Date(after);
  for (let i = 0; i < count && at !== null; i++) {
    at = nextRun(at);
    if (at) found.push(at.toISOString().slice(0, 16));
  }
  return found;
}

describe("cron", () => {
  const paris = { timeZone: "Europe/Paris" };

  it("fires at 07:00 UTC on both sides of a change of the clocks", () => {
    const daily = cron("0 7 * * *");
    expect(firings(daily, "2026-03-28T00:00:00Z", 3)).toEqual([
      ...["2026-03-28T07:00", "2026-03-29T07:00", "2026-03-30T07:00"],
    ]);
    expect(firings(daily, "2026-10-24T00:00:00Z", 3)).toEqual([
      ...["2026-10-24T07:00", "2026-10-25T07:00", "2026-10-26T07:00"],
    ]);
  });

  it("fires at 07:00 of Paris, whatever that is in UTC", () => {
    const daily = cron("0 7 * * *", paris);
    expect(firings(daily, "2026-03-28T00:00:00Z", 3)).toEqual([
      ...["2026-03-28T06:00", "2026-03-29T05:00", "2026-03-30T05:00"],
    ]);
    expect(firings(daily, "2026-10-24T00:00:00Z", 3)).toEqual([
      ...["2026-10-24T05:00", "2026-10-25T06:00", "2026-10-26T06:00"],
    ]);
  });

  it("has days of 23 and 25 hours, without gap or overlap", () => {
    const hours = (after: string, until: string) =>
      intervalsBetween(cron("0 0 * * *", paris), { after: new Date(after), until: new Date(until) }).map(
        ({ start, end }) => (end.getTime() - start.getTime()) / 3_600_000,
      );
    expect(hours("2026-03-28T00:00:00Z", "2026-03-31T00:00:00Z")).toEqual([24, 23, 24]);
    expect(hours("2026-10-24T00:00:00Z", "2026-10-27T00:00:00Z")).toEqual([24, 25, 24]);
  });

  it("fires after the gap for an hour that is skipped, and once for an hour that comes twice", () => {
    const daily = cron("30 2 * * *", paris);
    expect(firings(daily, "2026-03-28T12:00:00Z", 2)).toEqual(["2026-03-29T01:00", "2026-03-30T00:30"]);
    expect(firings(daily, "2026-10-24T12:00:00Z", 2)).toEqual(["2026-10-25T00:30", "2026-10-26T01:30"]);
  });

  it("finds the interval before a leap day, over years", () => {
    const leap = cron("0 0 29 2 *");
    expect(firings(leap, "2095-01-01T00:00:00Z", 2)).toEqual(["2096-02-29T00:00", "2104-02-29T00:00"]);
    expect(latestInterval(leap, new Date("2104-03-01T00:00:00Z"))).toEqual({
      start: new Date("2096-02-29T00:00:00Z"),
      end: new Date("2104-02-29T00:00:00Z"),
    });
  });

  it("fires on Sundays at midnight, as weekly jobs want it", () => {
    expect(firings(cron("0 0 * * 0"), "2026-11-21T12:00:00Z", 2)).toEqual([
      "2026-11-22T00:00",
      "2026-11-29T00:00",
    ]);
  });

  it("counts an instant that fires as the end of its interval, to the millisecond", () => {
    const hourly = cron("0 * * * *");
    const end = new Date("2026-01-01T09:00:00Z");
    expect(latestInterval(hourly, end)?.end).toEqual(end);
    expect(latestInterval(hourly, new Date(end.getTime() - 1))?.end).toEqual(
      new Date("2026-01-01T08:00:00Z"),
    );
    expect(intervalsBetween(hourly, { after: end, until: end })).toEqual([]);
  });

  it.each(["", "0 7 * *", "61 * * * *", "0 7 * * * * *", "tomorrow", "2026-01-01T00:00:00"])(
    "refuses the expression “%s”",
    (expression) => {
      expect(() => cron(expression)).toThrow(`The schedule “${expression}” is not a cron expression`);
    },
  );

  it("refuses what never fires, and a zone nobody knows", () => {
    expect(() => cron("0 0 31 2 *")).toThrow("never fires");
    expect(() => cron("0 7 * * *", { timeZone: "Mars/Olympus" })).toThrow("time zone “Mars/Olympus”");
  });
});
