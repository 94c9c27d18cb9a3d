import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type { TestProject } from "vitest/node";
import { findPostgres, startThrowawayPostgres, type ThrowawayPostgres } from "./throwaway-postgres.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The port to ask for the URL of the PostgreSQL server of this test run, or why there is none. */
    postgres: { readonly port: number } | { readonly absent: string };
  }
}

/**
 * One PostgreSQL server for a whole test run, started when the first test asks for it and gone at the end.
 *
 * @throws on CI, where there is no server: nothing may be skipped there.
 */
export default async function setup({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (findPostgres() === undefined) {
    const absent = "there is no PostgreSQL server: apt-get install postgresql, or npm install";
    if (process.env.CI === "true") throw new Error(absent);
    provide("postgres", { absent });
    return undefined;
  }
  let server: Promise<ThrowawayPostgres> | undefined;
  const door = createServer((socket) => {
    server ??= startThrowawayPostgres();
    server.then(
      ({ url }) => socket.end(JSON.stringify({ url: url() })),
      (error: Error) => socket.end(JSON.stringify({ error: error.message })),
    );
  });
  await once(door.listen(0, "127.0.0.1"), "listening");
  provide("postgres", { port: (door.address() as AddressInfo).port });
  return async () => {
    door.close();
    await (await server)?.remove();
  };
}
