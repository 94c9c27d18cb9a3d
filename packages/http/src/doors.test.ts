import { type Action, actions, can, roles } from "@tamis/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { App } from "./app.ts";
import { isPublic } from "./public-paths.ts";
import { importFilms, type OpenService, openService } from "./testing/open-service.ts";
import { tokensOf } from "./testing/tokens-of.ts";

const origin = "http://service.example";
let service: OpenService;
let app: App;
let tokens: Awaited<ReturnType<typeof tokensOf>>;
beforeAll(async () => {
  service = await openService();
  await importFilms(service);
  tokens = await tokensOf(service.tamis);
  app = service.createApp({ requiresToken: true });
});
afterAll(() => service.close());

interface Operation {
  readonly "x-action"?: Action;
  readonly security?: readonly object[];
  readonly parameters?: readonly { name?: string; $ref?: string }[];
  readonly responses: Readonly<Record<string, unknown>>;
}

async function operations(): Promise<{ method: string; path: string; operation: Operation }[]> {
  const answer = await app.request(`${origin}/openapi.json`, bearer(tokens.administrator));
  const { paths } = (await answer.json()) as { paths: Record<string, Record<string, Operation>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}
const bearer = (token: string, more: RequestInit = {}): RequestInit => ({
  ...more,
  headers: { Authorization: `Bearer ${token}`, ...more.headers },
});

describe("every declared operation", () => {
  it("names its action, unless it is public", async () => {
    const all = await operations();
    expect(all.length).toBeGreaterThan(15);
    for (const { method, path, operation } of all) {
      const action = operation["x-action"];
      expect(action === undefined, `${method} ${path}`).toBe(isPublic(path));
      if (action === undefined) expect(method).toBe("GET");
      else expect(actions).toContain(action);
      expect(operation.security === undefined, `${method} ${path}`).toBe(action !== undefined);
    }
  });

  it("refuses every role that may not, before anything else, and nobody who may", async () => {
    for (const { method, path, operation } of await operations()) {
      const action = operation["x-action"];
      if (action === undefined) continue;
      const address = origin + path.replace(/\{[^}]+\}/g, "none");
      expect((await app.request(address, { method })).status, `nobody: ${method} ${path}`).toBe(401);
      for (const role of roles) {
        // The body is none and the ids are of nothing: whoever may gets past the door, and not much further.
        const { status } = await app.request(address, bearer(tokens[role], { method }));
        const cell = `${role}: ${method} ${path} (${action}) is ${status}`;
        if (can(role, action)) expect([401, 403], cell).not.toContain(status);
        else expect(status, cell).toBe(403);
      }
    }
  });

  it("takes an Idempotency-Key where it changes something", async () => {
    for (const { method, path, operation } of await operations()) {
      const takes = operation.parameters?.some(({ name }) => name === "Idempotency-Key") ?? false;
      const changes = operation["x-action"] !== undefined && !operation["x-action"].endsWith(":read");
      expect(takes, `${method} ${path}`).toBe(changes);
    }
  });
});

describe("every other route", () => {
  it("refuses whoever shows nothing, and each page the roles that may not see it", async () => {
    const declared = new Set((await operations()).map(({ path }) => path.replace(/\{(\w+)\}/g, ":$1")));
    const others = new Set(
      app.routes
        .filter(({ method, path }) => method !== "ALL" && !declared.has(path) && !isPublic(path))
        .map(({ method, path }) => `${method} ${path}`),
    );
    expect(others.size).toBeGreaterThan(5);
    let denied = 0;
    for (const door of others) {
      const [method = "", path = ""] = door.split(" ");
      const address = origin + path.replace(/:\w+(?:\{[^}]*\})?/g, "none");
      expect((await app.request(address, { method })).status, door).toBe(401);
      for (const role of roles) {
        const { status } = await app.request(address, bearer(tokens[role], { method }));
        if (role === "administrator") expect([401, 403], door).not.toContain(status);
        if (status === 403) denied++;
      }
    }
    expect(denied).toBeGreaterThan(5);
  });
});
