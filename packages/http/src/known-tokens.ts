import { hash, timingSafeEqual } from "node:crypto";
import { type Log, TamisError } from "@tamis/core";
import { isUsable, type Records, type StoredToken, tokenId, touchToken, usableTokens } from "@tamis/storage";
import type { Actor } from "./services.ts";

/** The tokens that let somebody in: those of the records, and hashes that were given. */
export interface KnownTokens {
  /**
   * Who holds a token; `undefined` for one that lets nobody in. Whatever is shown, the same comparisons are made,
   * each in constant time: with every given hash, and with the one that the records have under the token's id.
   *
   * @throws unavailable when the records could never be read
   */
  holderOf(token: string): Promise<Actor | undefined>;
  /** Who holds the token with this id now. */
  holderOfId(tokenId: string): Promise<Actor | undefined>;
  /** Waits until what was used is written. */
  close(): Promise<void>;
}

interface Known {
  readonly hash: Buffer;
  readonly actor: Actor;
}

interface Stored {
  readonly token: StoredToken;
  readonly known: Known;
}

/** How old the list of the records' tokens may be, in milliseconds: so long a revoked one may still pass. */
const lookEveryMs = 1_000;

const nobody = Buffer.alloc(32);

/**
 * @param tools.hashes - as `hashToken` makes them; administrators
 * @throws configuration for a hash that is none
 */
export function knownTokens(tools: {
  readonly records: Records;
  readonly hashes: readonly string[];
  readonly log: Log;
  readonly now: () => Date;
}): KnownTokens {
  const { records, log, now } = tools;
  const given = new Map(tools.hashes.map((each) => [fileTokenId(each), knownByHash(each)]));
  let stored: ReadonlyMap<string, Stored> | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;
  const usedIn = new Map<string, number>();
  let writing: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    try {
      const usable = await usableTokens(records, now());
      stored = new Map(usable.map((token) => [token.id, { token, known: knownByRecord(token) }]));
    } catch (error) {
      log.error("tokens not readable", { error });
      if (stored === undefined) {
        throw new TamisError("unavailable", "Tokens cannot be checked now; the log has the cause.");
      }
    }
    lookedAt = now().getTime();
  }

  async function knownById(id: string | undefined): Promise<Known | undefined> {
    if (now().getTime() - lookedAt >= lookEveryMs) {
      looking ??= look().finally(() => {
        looking = undefined;
      });
      await looking;
    }
    const found = id === undefined ? undefined : stored?.get(id);
    return found && isUsable(found.token, now()) ? found.known : undefined;
  }

  function noteUse(id: string): void {
    const minute = Math.floor(now().getTime() / 60_000);
    if (usedIn.get(id) === minute) return;
    usedIn.set(id, minute);
    writing = writing
      .then(() => touchToken(records, id, now()))
      .catch((error) => log.error("use of a token not written", { error }));
  }

  return {
    async holderOf(token) {
      const presented = hash("sha256", token, "buffer");
      const candidate = await knownById(tokenId(token));
      let holder = timingSafeEqual(candidate?.hash ?? nobody, presented) ? candidate?.actor : undefined;
      if (holder?.tokenId) noteUse(holder.tokenId);
      for (const known of given.values()) if (timingSafeEqual(known.hash, presented)) holder = known.actor;
      return holder;
    },
    async holderOfId(id) {
      return given.get(id)?.actor ?? (await knownById(id))?.actor;
    },
    close: () => writing,
  };
}

function knownByRecord({ id, name, role, hash }: StoredToken): Known {
  return { hash: Buffer.from(hash, "hex"), actor: { name, role, tokenId: id } };
}

/** Tokens of a file have no name and no role of their own. */
function knownByHash(hash: string): Known {
  if (!/^[0-9a-f]{64}$/i.test(hash)) {
    throw new TamisError("configuration", "A token hash is the SHA-256 of a token: 64 hexadecimal digits.");
  }
  const id = fileTokenId(hash);
  return { hash: Buffer.from(hash, "hex"), actor: { name: id, role: "administrator", tokenId: id } };
}

function fileTokenId(hash: string): string {
  return `file-${hash.slice(0, 12)}`;
}
