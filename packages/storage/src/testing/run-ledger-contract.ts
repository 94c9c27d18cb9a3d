import type { Claim, PipelineRun, RunKey, RunLedger } from "@tamis/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

export interface RunLedgerContract {
  /** Opens an empty ledger for two workers; `find` reads a run back, `expire` lets its lease run out. */
  open(): Promise<{
    ledger: RunLedger;
    other: RunLedger;
    find(runId: string): Promise<PipelineRun | undefined>;
    expire(runId: string): Promise<void>;
    close(): Promise<void>;
  }>;
}

const day = (date: number) => new Date(Date.UTC(2026, 1, date));
const run = (date = 1, config: RunKey["config"] = {}): RunKey => ({
  pipeline: "nightly",
  interval: { start: day(date), end: day(date + 1) },
  config,
});
const minute = { leaseMs: 60_000 };
const failure = { code: "unavailable", message: "l’été ' \" \\ 🎬" } as const;
const output = { output: '{"rows":3}', outputDigest: "d".repeat(64) };

/** What every {@link RunLedger} must do. */
export function runLedgerContract({ open }: RunLedgerContract): void {
  describe("run ledger contract", () => {
    let opened: Awaited<ReturnType<typeof open>>;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    const leaseOf = (claim: Claim) => {
      if (claim.outcome !== "claimed") throw new Error(`the run was not claimed: ${claim.outcome}`);
      return claim.lease;
    };

    it("gives a run to one of several that ask at once", async () => {
      const { ledger, other } = opened;
      const claims = await Promise.all(
        [ledger, other, ledger, other].map((each) => each.claim(run(), minute)),
      );
      expect(claims.map(({ outcome }) => outcome).sort()).toEqual(["claimed", "held", "held", "held"]);
      const held = claims.find((claim) => claim.outcome === "held");
      expect(held).toMatchObject({ worker: expect.any(String), until: expect.any(Date) });
    });

    it("knows a run by pipeline, interval and configuration, whatever the order of its names", async () => {
      const { ledger } = opened;
      const given = run(1, { name: "l’été 🎬", options: { b: [1, null], a: 0.1 } });
      leaseOf(await ledger.claim(given, minute));
      const same = run(1, { options: { a: 0.1, b: [1, null] }, name: "l’été 🎬" });
      expect(await ledger.claim(same, minute)).toMatchObject({ outcome: "held" });
      const others = [run(), run(2), { ...run(), pipeline: "weekly" }];
      for (const other of others) leaseOf(await ledger.claim(other, minute));
    });

    it("refuses an interval that does not go forwards", async () => {
      const { ledger } = opened;
      for (const interval of [
        { start: day(2), end: day(2) },
        { start: day(2), end: day(1) },
        { start: day(1), end: new Date(Number.NaN) },
      ]) {
        const claim = ledger.claim({ ...run(), interval }, minute);
        await expect(claim).rejects.toMatchObject({ code: "invalid_input" });
      }
    });

    it("says already done, with the outputs, once a run has finished", async () => {
      const { ledger, other, find } = opened;
      const lease = leaseOf(await ledger.claim(run(), minute));
      await ledger.record(lease, { type: "step_started", step: "load", attempt: 1 });
      await ledger.record(lease, { type: "step_finished", step: "load", attempt: 1, ...output });
      expect(await ledger.record(lease, { type: "run_finished" })).toBeNull();
      const again = await other.claim(run(), { ...minute, resume: true });
      expect(again).toEqual({ outcome: "already_done", runId: lease.runId, outputs: { load: { rows: 3 } } });
      expect(await find(lease.runId)).toMatchObject({
        ...run(),
        status: "finished",
        failure: null,
        startedAt: expect.any(Date),
        endedAt: expect.any(Date),
        steps: [{ step: "load", attempt: 1, status: "finished", outputDigest: output.outputDigest }],
      });
    });

    it("shows an output only when its step has finished", async () => {
      const { ledger } = opened;
      const lease = leaseOf(await ledger.claim(run(), minute));
      await ledger.record(lease, { type: "step_started", step: "load", attempt: 1 });
      await ledger.record(lease, { type: "step_finished", step: "load", attempt: 1, ...output });
      await ledger.record(lease, { type: "step_started", step: "train", attempt: 1 });
      await ledger.record(lease, { type: "step_failed", step: "train", attempt: 1, failure });
      await ledger.record(lease, { type: "run_failed", failure });
      expect(await ledger.claim(run(), minute)).toEqual({
        outcome: "ended",
        runId: lease.runId,
        status: "failed",
      });
      expect(await ledger.claim(run(), { ...minute, resume: true })).toMatchObject({
        outcome: "claimed",
        outputs: { load: { rows: 3 } },
        attempts: { load: 1, train: 1 },
        lostWorkers: 0,
      });
    });

    it("lets another worker take over when the lease has run out, and refuses every word of the former", async () => {
      const { ledger, other, find, expire } = opened;
      const former = leaseOf(await ledger.claim(run(), minute));
      await ledger.record(former, { type: "step_started", step: "load", attempt: 1 });
      await expire(former.runId);
      const claim = await other.claim(run(), minute);
      expect(claim).toMatchObject({ lostWorkers: 1, attempts: { load: 1 }, outputs: {} });
      const taken = leaseOf(claim);
      expect(taken.token).toBeGreaterThan(former.token);
      expect((await find(former.runId))?.steps).toMatchObject([{ step: "load", status: "lost" }]);
      for (const word of [
        () => ledger.renew(former, 60_000),
        () => ledger.record(former, { type: "step_finished", step: "load", attempt: 1, ...output }),
        () => ledger.record(former, { type: "run_finished" }),
        () => ledger.record(former, { type: "run_failed", failure }),
      ]) {
        await expect(word()).rejects.toMatchObject({ code: "conflict" });
      }
      await other.record(taken, { type: "step_started", step: "load", attempt: 2 });
      await other.record(taken, { type: "step_finished", step: "load", attempt: 2, ...output });
      await other.record(taken, { type: "run_finished" });
      expect((await find(former.runId))?.steps.map(({ attempt, status }) => `${attempt} ${status}`)).toEqual([
        "1 lost",
        "2 finished",
      ]);
    });

    it("keeps a lease that is renewed in time, even late as long as nobody took it", async () => {
      const { ledger, other, find, expire } = opened;
      const lease = leaseOf(await ledger.claim(run(), minute));
      await expire(lease.runId);
      const progress = { phase: "load", done: 1, total: 2, unit: "files" };
      expect(await ledger.renew(lease, 60_000, progress)).toEqual({ cancelRequested: false });
      expect(await other.claim(run(), minute)).toMatchObject({ outcome: "held" });
      expect((await find(lease.runId))?.progress).toEqual(progress);
    });

    it("takes the same entry again as nothing new", async () => {
      const { ledger, find } = opened;
      const lease = leaseOf(await ledger.claim(run(), minute));
      const entries = [
        { type: "step_started", step: "load", attempt: 1 },
        { type: "step_finished", step: "load", attempt: 1, ...output },
        { type: "run_finished" },
      ] as const;
      for (const entry of entries) {
        await ledger.record(lease, entry);
        await ledger.record(lease, entry);
      }
      expect((await find(lease.runId))?.steps).toHaveLength(1);
      await expect(ledger.record(lease, { type: "run_failed", failure })).rejects.toMatchObject({
        code: "conflict",
      });
    });

    it("gives a released run to the next worker at once", async () => {
      const { ledger, other, find } = opened;
      const lease = leaseOf(await ledger.claim(run(), minute));
      await ledger.record(lease, { type: "run_released", failure });
      expect(await find(lease.runId)).toMatchObject({ status: "queued", failure: null, endedAt: null });
      expect(await other.claim(run(), minute)).toMatchObject({ outcome: "claimed", lostWorkers: 0 });
    });

    it("counts the workers that a run has cost in a row", async () => {
      const { ledger, expire } = opened;
      for (const lostWorkers of [0, 1, 2]) {
        const claim = await ledger.claim(run(), minute);
        expect(claim).toMatchObject({ outcome: "claimed", lostWorkers });
        await expire(leaseOf(claim).runId);
      }
    });

    it("opens one incident at the first failure and closes it with the next success, of whatever interval", async () => {
      const { ledger, find } = opened;
      const end = async (date: number, entry: { type: "run_finished" } | { type: "run_failed" }) => {
        const lease = leaseOf(await ledger.claim(run(date), minute));
        return await ledger.record(
          lease,
          entry.type === "run_failed" ? { ...entry, failure } : { type: "run_finished" },
        );
      };
      const opening = await end(1, { type: "run_failed" });
      expect(opening).toEqual({ incidentId: expect.any(String), change: "opened" });
      expect(await end(2, { type: "run_failed" })).toEqual({ ...opening, change: "continued" });
      expect(await end(3, { type: "run_finished" })).toEqual({ ...opening, change: "closed" });
      expect(await end(4, { type: "run_finished" })).toBeNull();
      const next = await end(5, { type: "run_failed" });
      expect(next?.change).toBe("opened");
      expect(next?.incidentId).not.toBe(opening?.incidentId);
      const failed = await ledger.claim(run(5), minute);
      expect(await find((failed as { runId: string }).runId)).toMatchObject({ status: "failed", failure });
    });
  });
}
