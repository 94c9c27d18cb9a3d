import { type Action, can, TamisError } from "@tamis/core";
import type { MiddlewareHandler } from "hono";
import type { RouterRoute } from "hono/types";
import { isPublic } from "./public-paths.ts";
import type { AppEnv } from "./services.ts";

const guarded = new WeakMap<object, Action>();

/**
 * Lets a request through when the role of its actor may do `action`. A denial is audited as `access.deny`; what
 * is denied over and over is counted.
 *
 * @throws forbidden
 */
export function authorise(action: Action): MiddlewareHandler<AppEnv> {
  const guard: MiddlewareHandler<AppEnv> = async (context, next) => {
    const { name, role } = context.get("actor");
    if (can(role, action)) return next();
    const reason = `The role ${role} may not ${action}.`;
    const { method, path } = context.req;
    await context.get("audit").write({
      actor: name,
      action: "access.deny",
      subject: action,
      outcome: "denied",
      reason,
      requestId: context.get("requestId"),
      details: { method, path: path.slice(0, 200) },
    });
    throw new TamisError("forbidden", `${reason} An administrator makes tokens of other roles.`);
  };
  guarded.set(guard, action);
  return guard;
}

/**
 * The same for a declared route, which also tells its action in the contract:
 * `createRoute({ method, path, ...needs("models:promote"), … })`. What an action changes is done once for each
 * `Idempotency-Key` ({@link AnswerOnce}).
 */
export function needs(action: Action) {
  const middleware: MiddlewareHandler<AppEnv>[] = [authorise(action)];
  if (!action.endsWith(":read")) middleware.push((context, next) => context.get("answerOnce")(context, next));
  return { middleware, "x-action": action };
}

/**
 * Default deny: a service with a route that is neither public nor begins with {@link authorise} does not start.
 *
 * @throws configuration naming the route
 */
export function checkGuards(routes: readonly RouterRoute[]): void {
  const seen = new Set<string>();
  for (const { method, path, handler } of routes) {
    const door = `${method} ${path}`;
    if (method === "ALL" || isPublic(path) || seen.has(door)) continue;
    seen.add(door);
    if (!guarded.has(handler)) {
      throw new TamisError("configuration", `Nobody may use ${door}: begin it with authorise(ACTION).`);
    }
  }
}
