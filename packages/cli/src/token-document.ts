import { isUsable, maxSecretDays, type StoredToken } from "@tamis/storage";

/** What is shown of a token; never the token, nor its hash. */
export function tokenDocument(token: StoredToken, now: Date) {
  return {
    id: token.id,
    name: token.name,
    role: token.role,
    status: statusOf(token, now),
    created_at: token.createdAt.toISOString(),
    expires_at: token.expiresAt?.toISOString() ?? null,
    last_used_at: token.lastUsedAt?.toISOString() ?? null,
    revoked_at: token.revokedAt?.toISOString() ?? null,
  };
}

/** `old`: it lets in, and should be replaced. */
function statusOf(token: StoredToken, now: Date): "usable" | "old" | "expired" | "revoked" {
  if (token.revokedAt !== null) return "revoked";
  if (!isUsable(token, now)) return "expired";
  const days = (now.getTime() - token.createdAt.getTime()) / (24 * 60 * 60_000);
  return days > maxSecretDays ? "old" : "usable";
}
