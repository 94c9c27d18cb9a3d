import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { AppEnv } from "./services.ts";

/**
 * Refuses a body of more than `maxSize` bytes: by the length that is told, or, where none is told, once so many have come.
 *
 * Hono's own asks for the body as a stream before it looks at the length, which then costs every request a stream of the
 * web kind. A body is never longer than the length that is told: node's parser sees to it.
 */
export function limitBody(
  maxSize: number,
  onError: (context: Context<AppEnv>) => Response,
): MiddlewareHandler<AppEnv> {
  const countBytes = bodyLimit({ maxSize, onError });
  return (context, next) => {
    const length = context.req.header("Content-Length");
    if (length === undefined || context.req.header("Transfer-Encoding") !== undefined)
      return countBytes(context, next);
    return Number(length) > maxSize ? Promise.resolve(onError(context)) : next();
  };
}
