import type { MiddlewareHandler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { Problem } from "../../problem.ts";
import type { AppEnv } from "../../services.ts";

/** What MLflow calls a problem, and its status where that is another one. */
const codes: Readonly<Record<string, readonly [name: string, status?: ContentfulStatusCode]>> = {
  "not-found": ["RESOURCE_DOES_NOT_EXIST"],
  "invalid-input": ["INVALID_PARAMETER_VALUE", 400],
  "malformed-request": ["MALFORMED_REQUEST"],
  "method-not-allowed": ["NOT_IMPLEMENTED"],
  conflict: ["RESOURCE_CONFLICT"],
  unauthenticated: ["UNAUTHENTICATED"],
  forbidden: ["PERMISSION_DENIED"],
  unsupported: ["NOT_IMPLEMENTED"],
  unavailable: ["TEMPORARILY_UNAVAILABLE"],
  timeout: ["DEADLINE_EXCEEDED"],
};

/**
 * Says every problem below it in MLflow's shape, `{"error_code", "message"}`: whoever answered it, a sign-in or a
 * handler. The message ends with the request id.
 */
export const mlflowErrors: MiddlewareHandler<AppEnv> = async (context, next) => {
  await next();
  if (!context.res.headers.get("Content-Type")?.startsWith("application/problem+json")) return;
  const { type, status, detail, instance, errors } = Problem.parse(await context.res.json());
  const [name, other] = codes[type.replace("urn:tamis:problem:", "")] ?? ["INTERNAL_ERROR"];
  const parts = errors?.map((part) => ` ${part.pointer ?? part.parameter}: ${part.detail}.`).join("") ?? "";
  const headers = new Headers(context.res.headers);
  headers.set("Content-Type", "application/json");
  headers.delete("Content-Length");
  const body = JSON.stringify({ error_code: name, message: `${detail}${parts} (request ${instance})` });
  context.res = undefined; // else its headers would be merged into ours
  context.res = new Response(body, { status: other ?? status, headers });
};
