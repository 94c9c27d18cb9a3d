import type { IncomingMessage } from "node:http";
import type { Context } from "hono";

/**
 * The address that a request came from, as limits and the audit count it: IPv4 as it is, of IPv6 the first 64 bits,
 * which one subscriber has to himself. `unknown` where there is no socket.
 *
 * @param proxies - how many proxies of our own stand in front, each of which adds who called it to the end of
 * `X-Forwarded-For`. With 0 that header is not looked at: everybody can send one.
 */
export function clientAddress(context: Context, proxies: number): string {
  const { incoming } = (context.env ?? {}) as { incoming?: IncomingMessage };
  const forwarded = proxies === 0 ? undefined : context.req.header("X-Forwarded-For");
  const told = forwarded?.split(",").at(-proxies)?.trim();
  return network(told || incoming?.socket.remoteAddress || "unknown");
}

function network(address: string): string {
  const plain = address.replace(/^\[|\](?::\d+)?$|%.*$/g, "").replace(/^::ffff:(?=\d+\.)/i, "");
  if (!/:.*:/.test(plain)) return plain.replace(/:\d+$/, "").slice(0, 64);
  const [head = "", tail = ""] = plain.toLowerCase().split("::");
  const left = head === "" ? [] : head.split(":");
  const right = plain.includes("::") && tail !== "" ? tail.split(":") : [];
  const middle = new Array(Math.max(0, 8 - left.length - right.length)).fill("0");
  return `${[...left, ...middle, ...right]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, "").slice(0, 4))
    .join(":")}::/64`;
}
