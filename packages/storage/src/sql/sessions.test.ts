import { expect, it } from "vitest";
import { onEveryEngine } from "../testing/temporary-records.ts";
import { beginSession, endSession, tokenOfSession } from "./sessions.ts";

const start = Date.UTC(2026, 0, 1);
const after = (minutes: number) => new Date(start + minutes * 60_000);

onEveryEngine((temporaryRecords) => {
  it("lasts while it is used, and keeps no secret", async () => {
    const records = await temporaryRecords();
    const secret = await beginSession(records, "t-1", after(0));
    expect(secret).toMatch(/^[\w-]{43}$/);
    for (const minutes of [0, 29, 58, 87]) {
      expect(await tokenOfSession(records, secret, after(minutes))).toBe("t-1");
    }
    expect(await tokenOfSession(records, secret, after(87 + 30))).toBeUndefined();
    expect(JSON.stringify(await records.selectFrom("sessions").selectAll().execute())).not.toContain(secret);
  });

  it("ends after twelve hours whatever is done", async () => {
    const records = await temporaryRecords();
    const secret = await beginSession(records, "t-1", after(0));
    for (let minutes = 0; minutes < 12 * 60; minutes += 20) {
      expect(await tokenOfSession(records, secret, after(minutes))).toBe("t-1");
    }
    expect(await tokenOfSession(records, secret, after(12 * 60))).toBeUndefined();
    await beginSession(records, "t-1", after(12 * 60));
    expect(await records.selectFrom("sessions").selectAll().execute()).toHaveLength(1);
  });

  it("ends when it is signed out, and no other with it", async () => {
    const records = await temporaryRecords();
    const [one, two] = [
      await beginSession(records, "t", after(0)),
      await beginSession(records, "t", after(0)),
    ];
    await endSession(records, one);
    await endSession(records, "unknown");
    expect(await tokenOfSession(records, one, after(1))).toBeUndefined();
    expect(await tokenOfSession(records, two, after(1))).toBe("t");
  });

  it("writes once a minute at most", async () => {
    const records = await temporaryRecords();
    const secret = await beginSession(records, "t", after(0));
    const seen = async () =>
      new Date((await records.selectFrom("sessions").selectAll().execute())[0]!.seen_at);
    await tokenOfSession(records, secret, after(0.9));
    expect(await seen()).toEqual(after(0));
    await tokenOfSession(records, secret, after(1.5));
    expect(await seen()).toEqual(after(1.5));
  });
});
