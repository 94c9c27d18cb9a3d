import { describe, expect, it } from "vitest";
import { dueIntervals, intervalsBetween, latestInterval, type NextRun } from "./schedule.ts";

const hourMs = 3_600_000;
const hourly: NextRun = (after) => new Date((Math.floor(after.getTime() / hourMs) + 1) * hourMs);
/** 29 February, midnight UTC. */
const leapDay: NextRun = (after) => {
  for (let year = after.getUTCFullYear(); ; year++) {
    const day = new Date(Date.UTC(year, 1, 29));
    if (day.getUTCMonth() === 1 && day > after) return day;
  }
};
const at = (text: string) => new Date(`2026-01-01T${text}Z`);
const shown = (intervals: { start: Date; end: Date }[]) =>
  intervals.map(
    ({ start, end }) => `${start.toISOString().slice(11, 16)}-${end.toISOString().slice(11, 16)}`,
  );

describe("intervalsBetween", () => {
  it("gives the intervals that end in it, oldest first, without gap or overlap", () => {
    const found = intervalsBetween(hourly, { after: at("07:30:00"), until: at("10:00:00") });
    expect(shown(found)).toEqual(["07:00-08:00", "08:00-09:00", "09:00-10:00"]);
  });

  it("leaves out one that ends at its beginning, and gives none before the first firing", () => {
    expect(shown(intervalsBetween(hourly, { after: at("08:00:00"), until: at("08:59:59") }))).toEqual([]);
  });

  it("ends with a schedule that fires no more", () => {
    const thrice: NextRun = (after) => (after < at("03:00:00") ? hourly(after) : null);
    const all = intervalsBetween(thrice, { after: at("00:30:00"), until: at("23:00:00") });
    expect(shown(all)).toEqual(["00:00-01:00", "01:00-02:00", "02:00-03:00"]);
  });

  it("gives a thousand at a time", () => {
    const found = intervalsBetween(hourly, { after: new Date(0), until: at("00:00:00") });
    expect(found).toHaveLength(1000);
    const rest = intervalsBetween(hourly, { after: found.at(-1)!.end, until: at("00:00:00") });
    expect(rest[0]?.start).toEqual(found.at(-1)?.end);
  });
});

describe("latestInterval", () => {
  it("ends at the instant itself when the schedule fires then", () => {
    expect(shown([latestInterval(hourly, at("09:00:00"))!])).toEqual(["08:00-09:00"]);
    expect(shown([latestInterval(hourly, at("09:59:59"))!])).toEqual(["08:00-09:00"]);
  });

  it("looks back over eight years for the leap days around 1900", () => {
    const found = latestInterval(leapDay, new Date("1905-01-01T00:00:00Z"));
    expect(found).toEqual({ start: new Date(Date.UTC(1896, 1, 29)), end: new Date(Date.UTC(1904, 1, 29)) });
  });
});

describe("dueIntervals", () => {
  const due = (catchUp: "none" | "latest" | "all", now: string, last?: string, startAt?: string) =>
    shown(
      dueIntervals(
        { pipeline: "p", nextRun: hourly, catchUp, ...(startAt && { startAt: at(startAt) }) },
        at(now),
        last === undefined ? undefined : at(last),
      ),
    );

  it.each(["none", "latest", "all"] as const)(
    "%s: is due once the interval has ended, until it has a run",
    (policy) => {
      expect(due(policy, "08:59:59", "08:00:00")).toEqual([]);
      expect(due(policy, "09:00:00", "08:00:00")).toEqual(["08:00-09:00"]);
      expect(due(policy, "09:00:30", "08:00:00")).toEqual(["08:00-09:00"]);
      expect(due(policy, "09:00:30", "09:00:00")).toEqual([]);
    },
  );

  it("makes up for what was missed as the policy says", () => {
    expect(due("none", "12:30:00", "09:00:00")).toEqual([]);
    expect(due("latest", "12:30:00", "09:00:00")).toEqual(["11:00-12:00"]);
    expect(due("all", "12:30:00", "09:00:00")).toEqual(["09:00-10:00", "10:00-11:00", "11:00-12:00"]);
  });

  it.each(["none", "latest", "all"] as const)(
    "%s: a first scheduler has nothing to make up for",
    (policy) => {
      expect(due(policy, "12:30:00")).toEqual([]);
      expect(due(policy, "13:00:00")).toEqual(["12:00-13:00"]);
    },
  );

  it("begins at startAt when all is to be made up for", () => {
    expect(due("all", "03:10:00", undefined, "00:30:00")).toEqual([
      "00:00-01:00",
      "01:00-02:00",
      "02:00-03:00",
    ]);
    expect(due("all", "03:10:00", "02:00:00", "00:30:00")).toEqual(["02:00-03:00"]);
  });
});
