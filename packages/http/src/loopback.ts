import type { MiddlewareHandler } from "hono";
import { answerProblem } from "./problem.ts";
import type { AppEnv } from "./services.ts";

/** True for an address or name that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

/**
 * Refuses a request whose `Host` is not a loopback name, with any port. Without tokens this is what keeps a web
 * page that points its own name at 127.0.0.1 (DNS rebinding) out of the service.
 */
export const onlyLoopbackHosts: MiddlewareHandler<AppEnv> = async (context, next) => {
  const host = new URL(context.req.url).hostname;
  if (isLoopback(host)) {
    context.set("actor", { name: "loopback", role: "administrator", tokenId: null });
    return next();
  }
  return answerProblem(
    context,
    "misdirected_request",
    "Without tokens the service answers to localhost, 127.0.0.1 and [::1] only.",
  );
};
