import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTamis, tamis, tamisJson } from "../testing/spawn-tamis.ts";

let cwd: string;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "tamis-serve-"));
  const sizes = ["--ratings", "2000", "--users", "50", "--items", "100"];
  await tamisJson(["generate", ...sizes, "--out", "films"], { cwd });
  await tamisJson(["import", "movielens", "films"], { cwd });
  await tamisJson(["train", "--models", "baseline-only"], { cwd });
}, 60_000);
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

it("answers the same recommendations as the command, and drains what is in flight at SIGTERM", async () => {
  const running = startTamis(["serve", "--port", "0"], { cwd });
  const ready = await running.stderrMatching(/http:\/\/127\.0\.0\.1:\d+/);
  const url = new URL(/http:\/\/[\d.]+:\d+/.exec(ready)?.[0] ?? "");

  const body = JSON.stringify({ user_id: 1, n_recommendations: 3 });
  const answer = await fetch(new URL("/predict/", url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  const served = (await answer.json()) as { recommendations: unknown };
  const command = await tamisJson(["recommend", "1", "-n", "3"], { cwd });
  expect(served.recommendations).toEqual(command.recommendations);

  // Half a request, then the signal, then the other half.
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
    "\r\n",
  ].join("\r\n");
  socket.write(head + body.slice(0, 5));
  await fetch(new URL("/livez", url)); // by now the service has read the head
  running.child.kill("SIGTERM");
  await running.stderrMatching(/Stopping/);
  socket.end(body.slice(5));
  await once(socket, "close");
  expect(received).toMatch(/^HTTP\/1\.1 200/);
  expect(received).toContain('"recommendations"');
  const ended = await running.ended;
  expect(ended).toMatchObject({ code: 0, stdout: "" });
});

it("says which port is taken and what to do", async () => {
  const first = startTamis(["serve", "--port", "0"], { cwd });
  const ready = await first.stderrMatching(/http:\/\/127\.0\.0\.1:\d+/);
  const port = /:(\d+)/.exec(ready.slice(ready.indexOf("http")))?.[1] ?? "";
  const second = await tamis(["serve", "--port", port], { cwd });
  expect(second).toMatchObject({ code: 7, stdout: "" });
  expect(second.stderr).toContain(`Port ${port}`);
  first.child.kill("SIGINT");
  expect(await first.ended).toMatchObject({ code: 0 });
});
