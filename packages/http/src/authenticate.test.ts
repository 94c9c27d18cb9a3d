import { createHash } from "node:crypto";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { authenticate, hashToken } from "./authenticate.ts";
import type { AppEnv } from "./services.ts";

const token = "correct-horse-battery-staple";

function guarded(tokens: readonly string[]) {
  const app = new Hono<AppEnv>();
  app.use(authenticate(tokens.map(hashToken)));
  app.get("/", (context) => context.text("in"));
  return (authorization?: string) =>
    app.request("/", authorization === undefined ? {} : { headers: { Authorization: authorization } });
}

describe("authenticate", () => {
  it("lets each of the tokens in, whatever the case of the scheme", async () => {
    const ask = guarded(["another-long-enough-token", token]);
    expect((await ask(`Bearer ${token}`)).status).toBe(200);
    expect((await ask("bearer another-long-enough-token")).status).toBe(200);
  });

  it.each([undefined, "", "Bearer", `Basic ${token}`, token])(
    "asks for a token when given %j",
    async (given) => {
      const answer = await guarded([token])(given);
      expect(answer.status).toBe(401);
      expect(answer.headers.get("WWW-Authenticate")).toBe("Bearer");
    },
  );

  it.each(["wrong", `${token}x`, hashToken(token)])("refuses a token that is not known", async (given) => {
    const answer = await guarded([token])(`Bearer ${given}`);
    expect(answer.status).toBe(401);
    expect(answer.headers.get("WWW-Authenticate")).toContain("invalid_token");
    expect(await answer.text()).not.toContain(given);
  });

  it("refuses to start on something that is not a hash", () => {
    expect(() => authenticate([token])).toThrow(/64 hexadecimal digits/);
  });
});

describe("hashToken", () => {
  it("is the SHA-256 of the token", () => {
    expect(hashToken(token)).toBe(createHash("sha256").update(token).digest("hex"));
  });

  it.each(["", "CHANGE_ME", "a token with blanks"])("refuses %j", (weak) => {
    expect(() => hashToken(weak)).toThrow(/at least 16 characters/);
  });
});
