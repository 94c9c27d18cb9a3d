import { createHash, timingSafeEqual } from "node:crypto";
import { TamisError } from "@tamis/core";
import type { MiddlewareHandler } from "hono";
import { answerProblem } from "./problem.ts";
import type { Actor, AppEnv } from "./services.ts";

/** The shortest token accepted, in characters. */
export const minTokenLength = 16;

/**
 * What is stored of a bearer token: its SHA-256, 64 hexadecimal digits.
 *
 * @throws configuration for a token of less than {@link minTokenLength} characters (`CHANGE_ME` among them) or
 * with a blank in it
 */
export function hashToken(token: string): string {
  if (token.length < minTokenLength || /\s/.test(token)) {
    throw new TamisError(
      "configuration",
      `A token needs at least ${minTokenLength} characters and no blank. Make one with: openssl rand -hex 32`,
    );
  }
  return createHash("sha256").update(token).digest("hex");
}

/**
 * Lets a request through when its `Authorization: Bearer` token hashes to one of `tokenHashes`. Every hash is
 * compared, each in constant time, so that the answer's delay tells nothing.
 *
 * @param tokenHashes - as {@link hashToken} makes them
 * @throws configuration for anything that is not 64 hexadecimal digits
 */
export function authenticate(tokenHashes: readonly string[]): MiddlewareHandler<AppEnv> {
  const known = tokenHashes.map((hash) => ({ hash: hashBytes(hash), actor: holderOf(hash) }));
  return async (context, next) => {
    const [, token] = /^Bearer +(\S+)$/i.exec(context.req.header("Authorization") ?? "") ?? [];
    const actor = token === undefined ? undefined : findActor(token, known);
    if (actor === undefined) {
      context.header("WWW-Authenticate", token === undefined ? "Bearer" : 'Bearer error="invalid_token"');
      return answerProblem(
        context,
        "unauthenticated",
        token === undefined
          ? "Send the header Authorization: Bearer TOKEN."
          : "This token is not one of the service's.",
      );
    }
    context.set("actor", actor);
    return next();
  };
}

/** Tokens of a file have no name and no role of their own. */
function holderOf(hash: string): Actor {
  const tokenId = `file-${hash.slice(0, 12)}`;
  return { name: tokenId, role: "administrator", tokenId };
}

function hashBytes(hash: string): Buffer {
  if (/^[0-9a-f]{64}$/i.test(hash)) return Buffer.from(hash, "hex");
  throw new TamisError("configuration", "A token hash is the SHA-256 of a token: 64 hexadecimal digits.");
}

function findActor(
  token: string,
  known: readonly { readonly hash: Buffer; readonly actor: Actor }[],
): Actor | undefined {
  const presented = createHash("sha256").update(token).digest();
  let found: Actor | undefined;
  for (const { hash, actor } of known) if (timingSafeEqual(hash, presented)) found = actor;
  return found;
}
