import type { Server, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createAdaptorServer } from "@hono/node-server";
import { TamisError } from "@tamis/core";
import { isLoopback } from "./loopback.ts";

/** What {@link serve} needs of an app; `createApp` gives it. */
export interface Servable {
  readonly fetch: (request: Request) => Response | Promise<Response>;
  /** Whether every door but health asks for a token. */
  readonly requiresToken: boolean;
  /** Called at the begin of {@link Service.close}: what would never end by itself ends. */
  drain?(): void;
}

export interface ServeOptions {
  /** @default "127.0.0.1" */
  readonly host?: string;
  /** 0 lets the system choose. @default 8080 */
  readonly port?: number;
  /**
   * How long {@link Service.close} goes on as before, but for `/readyz`, so that a load balancer sees it and sends
   * nobody any more; in milliseconds. @default 0
   */
  readonly drainMs?: number;
  /** How long {@link Service.close} waits for requests in flight, in milliseconds. @default 10_000 */
  readonly graceMs?: number;
  /** How long a client may take to send its headers, in milliseconds. @default 15_000 */
  readonly headersTimeoutMs?: number;
  /** How long a client may take to send a whole request, in milliseconds. @default 60_000 */
  readonly requestTimeoutMs?: number;
}

/** A service that listens. */
export interface Service {
  /** Where it really listens, e.g. `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Stops accepting, lets requests in flight finish, closes what is idle, then resolves. */
  close(): Promise<void>;
}

/**
 * Listens, and resolves once connections are accepted.
 *
 * @throws configuration off loopback without tokens, or when the address cannot be listened on
 * @throws conflict when the port is in use
 */
export async function serve(app: Servable, options: ServeOptions = {}): Promise<Service> {
  const { host = "127.0.0.1", port = 8080, graceMs = 10_000, drainMs = 0 } = options;
  const { headersTimeoutMs = 15_000, requestTimeoutMs = 60_000 } = options;
  if (!app.requiresToken && !isLoopback(host)) {
    throw new TamisError(
      "configuration",
      `Without tokens the service listens on this machine only, not on ${host}. Make one with “tamis token create”, give it a token file, or use host 127.0.0.1.`,
      { details: { host } },
    );
  }
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(5_000, headersTimeoutMs),
    },
  }) as Server;
  const drain = drainable(server, graceMs);
  await listen(server, host, port);
  return {
    url: urlOf(server),
    async close() {
      app.drain?.();
      if (drainMs > 0) await sleep(drainMs);
      await drain();
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) => reject(listenError(error, host, port));
    server.once("error", refuse);
    server.listen({ host, port }, () => {
      server.off("error", refuse);
      resolve();
    });
  });
}

function listenError(cause: NodeJS.ErrnoException, host: string, port: number): TamisError {
  const details = { host, port };
  if (cause.code === "EADDRINUSE") {
    return new TamisError(
      "conflict",
      `Port ${port} on ${host} is in use. Stop the program that holds it, or choose another: --port ${port + 1}`,
      { details, cause },
    );
  }
  return new TamisError(
    "configuration",
    `Cannot listen on ${host} port ${port} (${cause.code}). Use an address of this machine and a port from 1024 on.`,
    { details, cause },
  );
}

function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}

/**
 * Follows each socket's open requests, because Node counts a connection that has not sent anything yet (browsers
 * open such ones ahead of need) as busy.
 */
function drainable(server: Server, graceMs: number): () => Promise<void> {
  const open = new Map<Socket, number>();
  let closing: Promise<void> | undefined;

  server.on("connection", (socket: Socket) => {
    open.set(socket, 0);
    socket.once("close", () => open.delete(socket));
  });
  server.on("request", (request, response: ServerResponse) => {
    const { socket } = request;
    open.set(socket, (open.get(socket) ?? 0) + 1);
    response.once("close", () => {
      const left = (open.get(socket) ?? 1) - 1;
      if (open.has(socket)) open.set(socket, left);
      if (closing && left === 0) socket.destroySoon();
    });
  });

  return () => {
    closing ??= new Promise<void>((resolve) => {
      const deadline = setTimeout(() => server.closeAllConnections(), graceMs);
      server.close(() => {
        clearTimeout(deadline);
        resolve();
      });
      for (const [socket, requests] of open) if (requests === 0) socket.destroySoon();
    });
    return closing;
  };
}
