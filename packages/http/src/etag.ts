import { hash } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { isQuiet } from "./public-paths.ts";

/** Whether `If-None-Match` names this entity tag, weakly compared (RFC 9110, section 13.1.2). */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const bare = etag.replace(/^W\//, "");
  return ifNoneMatch.split(",").some((each) => {
    const tag = each.trim();
    return tag === "*" || tag.replace(/^W\//, "") === bare;
  });
}

/**
 * Gives JSON that is read a weak entity tag, and answers 304 to whoever has it already. Streams, pages, errors and
 * health are left alone.
 */
export const revalidateJson: MiddlewareHandler = async (context, next) => {
  await next();
  const { res } = context;
  const isRead = context.req.method === "GET" || context.req.method === "HEAD";
  if (!isRead || res.status !== 200 || isQuiet(context.req.path)) return;
  if (!res.headers.get("Content-Type")?.startsWith("application/json")) return;
  if (res.headers.has("ETag") || res.headers.has("Cache-Control")) return;
  const body = await res.clone().text();
  const etag = `W/"${hash("sha256", body, "base64url").slice(0, 22)}"`;
  const known = matchesEtag(context.req.header("If-None-Match"), etag);
  context.header("ETag", etag);
  context.header("Cache-Control", "private, no-cache");
  if (!known) return;
  const headers = new Headers(context.res.headers);
  for (const name of ["Content-Type", "Content-Length"]) headers.delete(name);
  context.res = undefined; // or its headers would be taken over
  context.res = new Response(null, { status: 304, headers });
};
