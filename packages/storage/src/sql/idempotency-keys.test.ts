import { expect, it } from "vitest";
import { onEveryEngine } from "../testing/temporary-records.ts";
import {
  claimKey,
  type KeyedRequest,
  keepAnswer,
  keptKeyMs,
  releaseKey,
  renewKey,
} from "./idempotency-keys.ts";
import type { Records } from "./schema.ts";

const start = Date.UTC(2026, 0, 1);
const after = (seconds: number) => new Date(start + seconds * 1000);
const request = (holder: string, more: Partial<KeyedRequest> = {}): KeyedRequest => ({
  caller: "t-1",
  key: "k",
  digest: "d",
  holder,
  ...more,
});
const answer = { status: 201, headers: { "content-type": "application/json" }, body: '{"id":1}' };

onEveryEngine((temporaryRecords) => {
  const claim = async (records: Records, attempt: KeyedRequest, seconds = 0) =>
    claimKey(records, attempt, after(seconds), after(seconds + 60));

  it("lets one of many at once do the work, and gives the others its answer", async () => {
    const records = await temporaryRecords();
    const attempts = ["a", "b", "c", "d", "e"].map((holder) => request(holder));
    const claims = await Promise.all(attempts.map((attempt) => claim(records, attempt)));
    expect(claims.map(({ state }) => state).sort()).toEqual(["claimed", ...new Array(4).fill("in_flight")]);
    const winner = attempts[claims.findIndex(({ state }) => state === "claimed")]!;
    await keepAnswer(records, winner, answer);
    expect(await claim(records, request("f"), 3600)).toEqual({ state: "answered", answer });
  });

  it("tells another request under the same key, and another caller's key, apart", async () => {
    const records = await temporaryRecords();
    await claim(records, request("a"));
    expect(await claim(records, request("b", { digest: "other" }))).toEqual({ state: "other_request" });
    expect(await claim(records, request("b", { caller: "t-2", digest: "other" }))).toEqual({
      state: "claimed",
    });
    expect(await claim(records, request("b", { key: "K" }))).toEqual({ state: "claimed" });
  });

  it("gives the key of a dead attempt to the next one, and takes nothing of the dead any more", async () => {
    const records = await temporaryRecords();
    await claim(records, request("dead"));
    expect(await claim(records, request("b"), 59)).toEqual({ state: "in_flight" });
    const heirs = await Promise.all([claim(records, request("c"), 60), claim(records, request("d"), 60)]);
    expect(heirs.map(({ state }) => state).sort()).toEqual(["claimed", "in_flight"]);
    await keepAnswer(records, request("dead"), answer);
    await releaseKey(records, request("dead"));
    expect(await claim(records, request("e"), 61)).toEqual({ state: "in_flight" });
  });

  it("stays with an attempt that gives signs of life", async () => {
    const records = await temporaryRecords();
    await claim(records, request("slow"));
    await renewKey(records, request("slow"), after(500));
    expect(await claim(records, request("b"), 499)).toEqual({ state: "in_flight" });
    expect(await claim(records, request("b"), 500)).toEqual({ state: "claimed" });
  });

  it("is free again when it was given back, and after a day", async () => {
    const records = await temporaryRecords();
    await claim(records, request("a"));
    await releaseKey(records, request("a"));
    expect(await claim(records, request("b"))).toEqual({ state: "claimed" });
    await keepAnswer(records, request("b"), { ...answer, body: null });
    expect(await claim(records, request("c"), 1)).toMatchObject({ answer: { body: null } });
    expect(await claim(records, request("c", { digest: "x" }), keptKeyMs / 1000)).toEqual({
      state: "claimed",
    });
    expect(await records.selectFrom("idempotency_keys").selectAll().execute()).toHaveLength(1);
  });
});
