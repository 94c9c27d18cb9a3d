import { createLog } from "@tamis/core";
import { createToken, tokenHash } from "@tamis/storage";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { knownTokens } from "./known-tokens.ts";
import { type OpenService, openService } from "./testing/open-service.ts";

/** Lengths of what was compared: the real comparison, counted. */
const compared: [number, number][] = [];
vi.mock("node:crypto", async (original) => {
  const crypto = await original<typeof import("node:crypto")>();
  return {
    ...crypto,
    timingSafeEqual(a: Uint8Array, b: Uint8Array) {
      compared.push([a.length, b.length]);
      return crypto.timingSafeEqual(a, b);
    },
  };
});

const ofFile = ["first-token-of-the-file", "second-token-of-the-file", "third-token-of-the-file"];
let service: OpenService;
let token: string;
beforeAll(async () => {
  service = await openService();
  ({ token } = await createToken(service.tamis.records, { name: "a", role: "analyst" }, { actor: "test" }));
});
afterAll(() => service.close());
beforeEach(() => {
  compared.length = 0;
});

it("makes the same comparisons, of whole digests, whatever is shown", async () => {
  const tokens = knownTokens({
    records: service.tamis.records,
    hashes: ofFile.map(tokenHash),
    log: createLog({ sinks: [] }),
    now: () => new Date(),
  });
  const wrongSecret = `${token.slice(0, -1)}${token.endsWith("0") ? "1" : "0"}`;
  const unknownId = `tms_0123456789ab_${token.slice(-64)}`;
  for (const shown of [...ofFile, token, wrongSecret, unknownId, "x", "y".repeat(10_000)]) {
    compared.length = 0;
    await tokens.holderOf(shown);
    expect(compared, shown.slice(0, 40)).toEqual(new Array(1 + ofFile.length).fill([32, 32]));
  }
});
