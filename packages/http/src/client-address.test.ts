import type { Context } from "hono";
import { Hono } from "hono";
import { expect, it } from "vitest";
import { clientAddress } from "./client-address.ts";

async function addressOf(
  remoteAddress: string | undefined,
  forwarded?: string,
  proxies = 0,
): Promise<string> {
  const app = new Hono();
  app.get("/", (context: Context) => context.text(clientAddress(context, proxies)));
  const headers: Record<string, string> = forwarded === undefined ? {} : { "X-Forwarded-For": forwarded };
  const env = remoteAddress === undefined ? {} : { incoming: { socket: { remoteAddress } } };
  return await (await app.request("/", { headers }, env)).text();
}

it.each([
  ["192.0.2.7", "192.0.2.7"],
  ["::ffff:192.0.2.7", "192.0.2.7"],
  ["::1", "0:0:0:0::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["2001:DB8:0001:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:db8:1:2::ffff", "2001:db8:1:2::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  [undefined, "unknown"],
])("counts %s as %s", async (address, expected) => {
  expect(await addressOf(address)).toBe(expected);
});

it("believes X-Forwarded-For only as far as there are proxies of ours", async () => {
  const forged = "1.1.1.1, 198.51.100.4";
  expect(await addressOf("10.0.0.1", forged)).toBe("10.0.0.1");
  expect(await addressOf("10.0.0.1", forged, 1)).toBe("198.51.100.4");
  expect(await addressOf("10.0.0.1", `${forged}, 10.0.0.2`, 2)).toBe("198.51.100.4");
  expect(await addressOf("10.0.0.1", undefined, 1)).toBe("10.0.0.1");
  expect(await addressOf("10.0.0.1", "[2001:db8::9]:4711", 1)).toBe("2001:db8:0:0::/64");
  expect(await addressOf("10.0.0.1", "198.51.100.4:4711", 1)).toBe("198.51.100.4");
  expect((await addressOf("10.0.0.1", "x".repeat(5000), 1)).length).toBeLessThanOrEqual(64);
});
