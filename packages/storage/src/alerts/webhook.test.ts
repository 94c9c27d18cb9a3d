import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import type { Alert } from "@tamis/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { retryAfterSeconds } from "./retry-after.ts";
import { webhook } from "./webhook.ts";

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}
type Answer = { readonly status: number; readonly headers?: Record<string, string> } | "hang" | "reset";

const secret = "T00000-geheim";

/** A real receiver: it answers what is planned, then 204. */
async function receiver(...answers: Answer[]) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => {
      text += chunk;
    });
    request.on("end", () => {
      received.push({ headers: request.headers, body: JSON.parse(text) });
      const answer = answers.shift() ?? { status: 204 };
      if (answer === "reset") request.socket.destroy();
      else if (answer !== "hang") response.writeHead(answer.status, answer.headers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { received, url: `http://127.0.0.1:${port}/services/${secret}` };
}

const alert: Alert = {
  kind: "failed",
  pipeline: "nightly",
  runId: "run-1",
  interval: { start: new Date("2026-02-01T00:00:00Z"), end: new Date("2026-02-02T00:00:00Z") },
  incidentId: "incident-1",
  message: "nightly failed: <!channel> @everyone l’été & 🎬",
};

/** Waits that are noted, not waited. */
function quickly() {
  const waits: number[] = [];
  return { waits, retry: { sleep: async (ms: number) => void waits.push(ms), random: () => 1 } };
}

describe("webhook", () => {
  it("posts generic JSON", async () => {
    const { received, url } = await receiver();
    await webhook({ url })(alert);
    expect(received).toHaveLength(1);
    expect(received[0]?.headers).toMatchObject({
      "content-type": "application/json",
      "idempotency-key": "incident-1-failed",
    });
    expect(received[0]?.body).toEqual({
      kind: "failed",
      pipeline: "nightly",
      run_id: "run-1",
      interval_start: "2026-02-01T00:00:00.000Z",
      interval_end: "2026-02-02T00:00:00.000Z",
      incident_id: "incident-1",
      message: alert.message,
    });
  });

  it("posts what Slack and Discord take, and mentions nobody", async () => {
    const { received, url } = await receiver();
    await webhook({ url, shape: "slack" })(alert);
    await webhook({ url, shape: "discord" })({ ...alert, message: "x".repeat(5000) });
    expect(Object.keys(received[0]!.body)).toEqual(["text"]);
    expect(received[0]?.body.text).toContain("&lt;!channel&gt; @everyone l’été &amp; 🎬\nrun run-1");
    expect(received[1]?.body.allowed_mentions).toEqual({ parse: [] });
    expect(`${received[1]?.body.content}`.length).toBeLessThanOrEqual(2000);
  });

  it("posts the kinds that were asked for", async () => {
    const { received, url } = await receiver();
    const kinds = ["finished", "recovered", "failed"] as const;
    for (const kind of kinds) await webhook({ url })({ ...alert, kind });
    for (const kind of kinds) await webhook({ url, on: ["finished"] })({ ...alert, kind });
    expect(received.map(({ body }) => body.kind)).toEqual(["recovered", "failed", "finished"]);
  });

  it("tries again after 429, 5xx and a broken connection, and waits as long as it is asked to", async () => {
    const { received, url } = await receiver(
      { status: 429, headers: { "retry-after": "77" } },
      { status: 503 },
      "reset",
    );
    const { waits, retry } = quickly();
    await webhook({ url, retry })(alert);
    expect(received).toHaveLength(4);
    expect(waits).toEqual([77_000, 2000, 4000]);
    expect(new Set(received.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
  });

  it("gives up when nobody answers in time", async () => {
    const { received, url } = await receiver("hang", "hang");
    const hook = webhook({ url, timeoutMs: 100, retry: { ...quickly().retry, attempts: 2 } });
    await expect(hook(alert)).rejects.toMatchObject({ code: "timeout" });
    expect(received).toHaveLength(2);
  });

  it.each([404, 400, 302])("does not repeat what is refused with %i", async (status) => {
    const { received, url } = await receiver({ status, headers: { location: "http://127.0.0.1:9/" } });
    await expect(webhook({ url })(alert)).rejects.toMatchObject({
      code: "configuration",
      details: { status },
    });
    expect(received).toHaveLength(1);
  });

  it("never shows its URL, whatever goes wrong", async () => {
    const refused = await receiver({ status: 404 });
    const hanging = await receiver("hang");
    const broken = await receiver("reset");
    const { retry } = quickly();
    const failing = [
      () => webhook({ url: refused.url })(alert),
      () => webhook({ url: hanging.url, timeoutMs: 50, retry: { attempts: 1 } })(alert),
      () => webhook({ url: broken.url, retry: { attempts: 1 } })(alert),
      () => webhook({ url: `http://127.0.0.1:1/${secret}`, retry })(alert),
      () => webhook({ url: `http://ann:${secret}@127.0.0.1:1/`, retry })(alert),
      async () => webhook({ url: `ftp://host/${secret}` }),
      async () => webhook({ url: `https://[${secret}` }),
    ];
    for (const call of failing) {
      const error = await call().then(
        () => "no error",
        (thrown) => thrown,
      );
      expect(error).toMatchObject({ name: "TamisError" });
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(secret);
    }
  });
});

it("understands Retry-After in seconds and as a date", () => {
  const now = new Date("2026-02-01T00:00:00Z");
  expect(retryAfterSeconds("120", now)).toBe(120);
  expect(retryAfterSeconds("Sun, 01 Feb 2026 00:01:30 GMT", now)).toBe(90);
  expect(retryAfterSeconds("Sat, 31 Jan 2026 00:00:00 GMT", now)).toBe(0);
  for (const header of [null, "", "soon", "-5x"]) expect(retryAfterSeconds(header, now)).toBeUndefined();
});
