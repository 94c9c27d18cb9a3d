import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { maxBodyBytes } from "./app.ts";
import { type Service, serve } from "./serve.ts";
import { type OpenService, openService } from "./testing/open-service.ts";

let stores: OpenService;
let service: Service;
beforeAll(async () => {
  stores = await openService();
  service = await serve(stores.app, { port: 0 });
});
afterAll(async () => {
  await service.close();
  await stores.close();
});

/** Sends bytes as they are and returns everything that comes back until the server closes. */
async function raw(...parts: (string | Uint8Array)[]): Promise<string> {
  const socket = connect(Number(new URL(service.url).port), "127.0.0.1");
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  socket.on("error", () => {});
  for (const part of parts) socket.write(part);
  await once(socket, "close");
  return text;
}

describe("over a socket", () => {
  it("checks the Host header that was really sent", async () => {
    const ask = (host: string) => raw(`GET /livez HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(await ask("localhost:1234")).toMatch(/^HTTP\/1\.1 200 /);
    expect(await ask("rebound.example")).toMatch(/^HTTP\/1\.1 421 /);
    expect(await ask("rebound.example@localhost")).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(await ask("")).toMatch(/^HTTP\/1\.1 4\d\d /);
  });

  it("refuses a body over the limit before it was sent whole, and closes", async () => {
    const answer = await raw(
      `POST /predict/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${maxBodyBytes * 8}\r\n\r\n`,
      new Uint8Array(1000),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toMatch(/^connection: close\r$/im);
    expect(answer).toContain("urn:tamis:problem:payload-too-large");
  });

  it("refuses a chunked body over the limit, and a client that sends it all still gets the answer", async () => {
    const chunk = "x".repeat(65_536);
    const body = new ReadableStream({
      start(controller) {
        for (let sent = 0; sent <= maxBodyBytes; sent += chunk.length) controller.enqueue(Buffer.from(chunk));
        controller.close();
      },
    });
    const answer = await fetch(`${service.url}/predict/`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body,
      duplex: "half",
    } as RequestInit);
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ status: 413 });
  });

  it("lives on after nonsense", async () => {
    expect(await raw("NONSENSE\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
    expect((await fetch(`${service.url}/livez`)).status).toBe(200);
  });

  it("answers HEAD like GET without the body", async () => {
    const answer = await fetch(`${service.url}/stats`, { method: "HEAD" });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe("");
  });
});
