import { setTimeout as sleep } from "node:timers/promises";
import { createLog, type LogRecord } from "@tamis/core";
import { type AuditEntry, listAudit } from "@tamis/storage";
import { afterAll, beforeEach, expect, it } from "vitest";
import { coalescingAudit } from "./coalescing-audit.ts";
import { type OpenService, openService } from "./testing/open-service.ts";

const opened: OpenService[] = [];
let service: OpenService;
let logged: LogRecord[];
beforeEach(async () => {
  service = await openService();
  opened.push(service);
  logged = [];
});
afterAll(() => Promise.all(opened.map((each) => each.close())));

const audit = (windowMs?: number) =>
  coalescingAudit({
    records: service.tamis.records,
    log: createLog({ sinks: [{ write: (record) => void logged.push(record) }] }),
    now: () => new Date(Date.UTC(2026, 0, 1)),
    ...(windowMs === undefined ? {} : { windowMs }),
  });
const denial = (subject: string): AuditEntry => ({
  actor: "lea",
  action: "access.deny",
  subject,
  outcome: "denied",
});
const entries = async () => (await listAudit(service.tamis.records, { limit: 5_000 })).entries;

it("writes the first of a kind at once and counts the rest", async () => {
  const { write, close } = audit();
  for (let n = 0; n < 500; n++) await write(denial("training:start"));
  await write(denial("audit:read"));
  expect((await entries()).map(({ subject }) => subject).sort()).toEqual(["audit:read", "training:start"]);
  await close();
  const times = (await entries()).flatMap(({ subject, details }) =>
    details.times === undefined ? [] : [[subject, details.times]],
  );
  expect(times).toEqual([["training:start", 499]]);
});

it("writes the count when the window ends", async () => {
  const { write } = audit(20);
  await write(denial("training:start"));
  await write(denial("training:start"));
  while ((await entries()).length < 2) await sleep(5);
  expect((await entries()).map(({ details }) => details.times ?? 0).sort()).toEqual([0, 1]);
});

it("follows a bounded number of kinds, and counts what goes beyond as one", async () => {
  const { write, close } = audit();
  for (let n = 0; n < 1_200; n++) await write(denial(`address ${n}`));
  await close();
  const found = await entries();
  expect(found).toHaveLength(1_002);
  expect(found.filter(({ actor }) => actor === "others").map(({ details }) => details.times ?? 1)).toEqual(
    expect.arrayContaining([1, 199]),
  );
});

it("logs what cannot be written and goes on", async () => {
  await service.tamis.close();
  await audit().write(denial("training:start"));
  expect(logged.map(({ message }) => message)).toEqual(["audit not written"]);
});
