import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { callTamis, callTamisJson } from "../testing/call-tamis.ts";
import { startTamis } from "../testing/spawn-tamis.ts";

let cwd: string;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "tamis-serve-"));
  const sizes = ["--ratings", "2000", "--users", "50", "--items", "100"];
  await callTamisJson(["generate", ...sizes, "--out", "films"], { cwd });
  await callTamisJson(["import", "movielens", "films"], { cwd });
  await callTamisJson(["train", "--models", "baseline-only"], { cwd });
}, 60_000);
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

it("answers the same recommendations as the command, and drains what is in flight at SIGTERM", async () => {
  const running = startTamis(["serve", "--port", "0", "--no-work"], { cwd });
  const ready = await running.stderrMatching(/http:\/\/127\.0\.0\.1:\d+/);
  const url = new URL(/http:\/\/[\d.]+:\d+/.exec(ready)?.[0] ?? "");

  const body = JSON.stringify({ user_id: 1, n_recommendations: 3 });
  const answer = await fetch(new URL("/predict/", url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  const served = (await answer.json()) as { recommendations: unknown };
  const command = await callTamisJson(["recommend", "1", "-n", "3"], { cwd });
  expect(command.recommendations).toHaveLength(3);
  expect(served.recommendations).toMatchObject(command.recommendations as object[]);

  // The head of a request, then the signal, then its body.
  const socket = connect(Number(url.port), url.hostname);
  let received = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    received += text;
  });
  const head = [
    "POST /predict/ HTTP/1.1",
    `Host: ${url.host}`,
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
    "Expect: 100-continue",
    "\r\n",
  ].join("\r\n");
  socket.write(head);
  await once(socket, "data"); // 100 Continue: the service is reading the request
  running.child.kill("SIGTERM");
  await running.stderrMatching(/Stopping/);
  socket.write(body);
  await once(socket, "close");
  expect(received).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200/);
  expect(received).toContain('"recommendations"');
  const ended = await running.ended;
  expect(ended).toMatchObject({ code: 0, stdout: "" });
});

it("says which port is taken and what to do", async () => {
  const first = startTamis(["serve", "--port", "0", "--no-work"], { cwd });
  const ready = await first.stderrMatching(/http:\/\/127\.0\.0\.1:\d+/);
  const port = /:(\d+)/.exec(ready.slice(ready.indexOf("http")))?.[1] ?? "";
  const second = await callTamis(["serve", "--port", port], { cwd });
  expect(second).toMatchObject({ code: 7, stdout: "" });
  expect(second.stderr).toContain(`Port ${port}`);
  first.child.kill("SIGINT");
  expect(await first.ended).toMatchObject({ code: 0 });
});
