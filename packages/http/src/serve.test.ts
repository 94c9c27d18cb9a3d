import { once } from "node:events";
import { Agent, get as httpGet } from "node:http";
import { connect } from "node:net";
import { Hono } from "hono";
import { afterEach, describe, expect, it } from "vitest";
import { type Servable, type ServeOptions, type Service, serve } from "./serve.ts";

let running: Service[] = [];

async function start(app: Servable, options: ServeOptions = {}): Promise<Service> {
  const service = await serve(app, { port: 0, ...options });
  running.push(service);
  return service;
}

afterEach(async () => {
  await Promise.all(running.map((service) => service.close()));
  running = [];
});

/** An app whose `/slow` answers when `release` is called. */
function slowApp() {
  const held = deferred<void>();
  const entered = deferred<void>();
  const hono = new Hono();
  hono.get("/quick", (context) => context.text("quick"));
  hono.get("/slow", async (context) => {
    entered.resolve();
    await held.promise;
    return context.text("slow");
  });
  return { app: servable(hono), entered: entered.promise, release: held.resolve };
}

function servable(hono: Hono, requiresToken = false): Servable {
  return { fetch: (request) => hono.fetch(request), requiresToken };
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function deferred<T>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

const portOf = (service: Service) => Number(new URL(service.url).port);

describe("serve", () => {
  it("resolves with the address it really listens on", async () => {
    const service = await start(slowApp().app);
    expect(service.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
    expect(await (await fetch(`${service.url}/quick`)).text()).toBe("quick");
  });

  it("says which port is in use and what to do", async () => {
    const first = await start(slowApp().app);
    await expect(serve(slowApp().app, { port: portOf(first) })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining(`Port ${portOf(first)} on 127.0.0.1 is in use`),
    });
  });

  it("refuses an address that is not of this machine", async () => {
    const app = servable(new Hono(), true);
    await expect(serve(app, { host: "192.0.2.1", port: 0 })).rejects.toMatchObject({ code: "configuration" });
  });

  it("refuses to listen off loopback without tokens, and listens with them", async () => {
    await expect(serve(slowApp().app, { host: "0.0.0.0", port: 0 })).rejects.toMatchObject({
      code: "configuration",
      message: expect.stringContaining("token file"),
    });
    const open = await start(servable(new Hono(), true), { host: "0.0.0.0" });
    expect(open.url).toMatch(/^http:\/\/0\.0\.0\.0:/);
  });
});

describe("close", () => {
  it("finishes a request in flight, refuses new ones, and then resolves", async () => {
    const { app, entered, release } = slowApp();
    const service = await start(app);
    const agent = new Agent({ keepAlive: true });
    const answer = new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      httpGet(`${service.url}/slow`, { agent }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode, text }));
      }).on("error", reject);
    });
    await entered;
    let closed = false;
    const closing = service.close().then(() => {
      closed = true;
    });
    await expect(fetch(`${service.url}/quick`)).rejects.toThrow();
    expect(closed).toBe(false);
    release();
    expect(await answer).toEqual({ status: 200, text: "slow" });
    await closing;
    agent.destroy();
  });

  it("closes kept-alive and silent connections without waiting for them", async () => {
    const service = await start(slowApp().app, { graceMs: 2 ** 30 });
    const silent = connect(portOf(service), "127.0.0.1");
    await once(silent, "connect");
    const idle = connect(portOf(service), "127.0.0.1");
    idle.write("GET /quick HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await once(idle, "data");
    const ended = [once(silent.resume(), "close"), once(idle.resume(), "close")];
    await service.close();
    await Promise.all(ended);
  });

  it("cuts off what is still running after the grace", async () => {
    const { app, entered, release } = slowApp();
    const service = await start(app, { graceMs: 20 });
    const answer = fetch(`${service.url}/slow`);
    answer.catch(() => {});
    await entered;
    await service.close();
    await expect(answer).rejects.toThrow();
    release();
  });

  it("is safe to call twice", async () => {
    const service = await start(slowApp().app);
    await Promise.all([service.close(), service.close()]);
    await service.close();
  });
});

describe("slow clients", () => {
  it("answers 408 to headers that never end, and closes", async () => {
    const service = await start(slowApp().app, { headersTimeoutMs: 50 });
    const socket = connect(portOf(service), "127.0.0.1");
    socket.write("GET /quick HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
    const [chunk] = await once(socket, "data");
    expect(String(chunk)).toMatch(/^HTTP\/1\.1 408 /);
    await once(socket.resume(), "close");
  });

  it("survives a client that goes away in the middle of a body", async () => {
    const hono = new Hono();
    const entered = deferred<void>();
    const outcome = deferred<string>();
    hono.post("/read", async (context) => {
      entered.resolve();
      await context.req.text().then(
        () => outcome.resolve("read"),
        () => outcome.resolve("aborted"),
      );
      return context.text("");
    });
    hono.get("/quick", (context) => context.text("quick"));
    const service = await start(servable(hono));
    const socket = connect(portOf(service), "127.0.0.1");
    socket.write("POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf");
    await entered.promise;
    socket.destroy();
    expect(await outcome.promise).toBe("aborted");
    expect(await (await fetch(`${service.url}/quick`)).text()).toBe("quick");
  });
});
