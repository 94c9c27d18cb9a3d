import { expect, it } from "vitest";
import { parseInstant } from "./quality.ts";

const day = 1503014400; // 2017-08-18T00:00:00Z
const morning = day + 10 * 3600 + 30 * 60;

it("reads both spellings of a date as the same day (K-25)", () => {
  for (const text of ["2017-08-18", "2017/8/18", "2017/08/18", "2017-8-18", " 2017-08-18 "])
    expect(parseInstant(text), text).toBe(day);
});

it("reads a date with a time, in UTC when there is no zone", () => {
  const written = [
    "2017-08-18T10:30",
    "2017-08-18 10:30:00",
    "2017/8/18 10:30:00",
    "2017-08-18T10:30:00.999Z",
  ];
  for (const text of [...written, "2017-08-18t10:30:00z", "2017-08-18 10:30:00 UTC"])
    expect(parseInstant(text), text).toBe(morning);
});

it("subtracts the zone's offset, as ISO 8601, Postgres and Python write it", () => {
  for (const zone of ["+02:00", "+0200", "+02", " +02:00"])
    expect(parseInstant(`2017-08-18T12:30:00${zone}`), zone).toBe(morning);
  expect(parseInstant("2017-08-18T05:00:00-05:30")).toBe(morning);
});

it("tells Unix seconds from milliseconds at 1e11", () => {
  expect(parseInstant("1503014400")).toBe(day);
  expect(parseInstant("1503014400000")).toBe(day);
  expect(parseInstant("1503014400999")).toBe(day);
  expect(parseInstant("99999999999")).toBe(99_999_999_999);
  expect(parseInstant("100000000000")).toBe(100_000_000);
  expect(parseInstant("0")).toBe(0);
});

it("reads the notations that tables of floats are saved with", () => {
  for (const text of ["1503014400.0", "1.5030144e9", "1503014400.7", "+1503014400"])
    expect(parseInstant(text), text).toBe(day);
});

it("gives null for a blank", () => {
  expect(parseInstant("")).toBeNull();
  expect(parseInstant(" \t")).toBeNull();
});

it("refuses days and times that do not exist", () => {
  const dates = ["2017-02-30", "2017-02-29", "2017-13-01", "2017-00-10", "2017-04-31", "2017-08-00"];
  const times = ["24:00", "10:60", "10:30:60", "10:30+02:60", "1:30", "10"];
  const texts = [
    ...dates,
    ...dates.map((date) => `${date}T10:00:00Z`),
    ...times.map((time) => `2017-08-18T${time}`),
  ];
  for (const text of texts) expect(parseInstant(text), text).toBeNaN();
  expect(parseInstant("2016-02-29")).toBe(1456704000);
});

it("refuses what is before 1970, beyond the year 5138, or no time", () => {
  const texts = [
    "-1",
    "1969-12-31",
    "0095-01-01",
    "1e14",
    "1503014400000000",
    "18/08/2017",
    "20170818x",
    "now",
    "٣",
  ];
  for (const text of [
    ...texts,
    "2017-08-18 soon",
    "2017-08-18T10:30 GMT+2",
    "Fri Aug 18 2017",
    "NaN",
    "Infinity",
  ])
    expect(parseInstant(text), text).toBeNaN();
});
