import type { RunTracker } from "@tamis/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Run } from "../sql/runs.ts";

export interface RunTrackerContract {
  /** Opens an empty tracker; `find` reads a run back by the tracker's own means. */
  open(): Promise<{
    tracker: RunTracker;
    find(runId: string): Promise<Run | undefined>;
    /** The bytes of an artifact, as text. */
    artifact(runId: string, path: string): Promise<string | undefined>;
    close(): Promise<void>;
  }>;
}

/** What every {@link RunTracker} must do. */
export function runTrackerContract({ open }: RunTrackerContract): void {
  describe("run tracker contract", () => {
    let opened: Awaited<ReturnType<typeof open>>;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());
    const newRun = { experiment: "films", name: "svd" };

    it("remembers what a run was started with", async () => {
      const { tracker, find } = opened;
      const given = {
        ...newRun,
        snapshot: "f".repeat(64),
        seed: 42,
        tags: { user: 7, café: "l’été ' \" \\ 🎬" },
      };
      const run = await find(await tracker.start(given));
      expect(run).toMatchObject({ ...given, status: "running", message: null, endedAt: null });
      expect(run?.startedAt).toBeInstanceOf(Date);
    });

    it("gives each run its own id", async () => {
      const { tracker } = opened;
      const ids = [await tracker.start(newRun), await tracker.start(newRun), await tracker.start(newRun)];
      expect(new Set(ids).size).toBe(3);
    });

    it("brings numbers, booleans and texts back as what they were", async () => {
      const { tracker, find } = opened;
      const id = await tracker.start(newRun);
      const parameters = {
        factors: 100,
        rate: 0.005,
        tiny: 1e-300,
        biased: true,
        force: false,
        name: "1",
        empty: "",
      };
      await tracker.logParameters(id, parameters);
      expect((await find(id))?.parameters).toEqual(parameters);
    });

    it("sets a parameter once: the same value again is fine, another one is a conflict", async () => {
      const { tracker, find } = opened;
      const id = await tracker.start(newRun);
      await tracker.logParameters(id, { factors: 100 });
      await tracker.logParameters(id, { factors: 100, epochs: 20 });
      await expect(tracker.logParameters(id, { factors: 50, k: 1 })).rejects.toMatchObject({
        code: "conflict",
      });
      expect((await find(id))?.parameters).toEqual({ factors: 100, epochs: 20 });
    });

    it("answers the metric of the highest step, in whatever order they came", async () => {
      const { tracker, find } = opened;
      const id = await tracker.start(newRun);
      await tracker.logMetrics(id, { rmse: 0.9, mae: 0.7 }, 10);
      await tracker.logMetrics(id, { rmse: 1.1 }, 2);
      expect((await find(id))?.metrics).toEqual({ rmse: 0.9, mae: 0.7 });
    });

    it("refuses a metric that is not a finite number", async () => {
      const { tracker, find } = opened;
      const id = await tracker.start(newRun);
      for (const rmse of [Number.NaN, Number.POSITIVE_INFINITY]) {
        await expect(tracker.logMetrics(id, { mae: 1, rmse })).rejects.toMatchObject({
          code: "invalid_input",
        });
      }
      expect((await find(id))?.metrics).toEqual({});
    });

    it("keeps files; one of the same path takes the place of the other", async () => {
      const { tracker, artifact } = opened;
      const id = await tracker.start(newRun);
      const bytes = (text: string) => new TextEncoder().encode(text);
      await tracker.logArtifact(id, { path: "log.txt", bytes: bytes("one"), contentType: "text/plain" });
      await tracker.logArtifact(id, { path: "plots/errors.svg", bytes: bytes("<svg/>") });
      await tracker.logArtifact(id, { path: "log.txt", bytes: bytes("one\ntwo"), contentType: "text/plain" });
      expect(await artifact(id, "log.txt")).toBe("one\ntwo");
      expect(await artifact(id, "plots/errors.svg")).toBe("<svg/>");
      for (const path of ["", "../other/log.txt", "/etc/passwd", "a//b"]) {
        await expect(tracker.logArtifact(id, { path, bytes: bytes("") })).rejects.toMatchObject({
          code: "invalid_input",
        });
      }
    });

    it("closes a run with its verdict, once", async () => {
      const { tracker, find } = opened;
      const id = await tracker.start(newRun);
      await tracker.finish(id, "finished", "svd is better");
      await tracker.finish(id, "finished");
      expect(await find(id)).toMatchObject({ status: "finished", message: "svd is better" });
      expect((await find(id))?.endedAt).toBeInstanceOf(Date);
      await expect(tracker.finish(id, "failed")).rejects.toMatchObject({ code: "conflict" });
    });

    it("says not_found for a run that does not exist", async () => {
      const { tracker, find } = opened;
      expect(await find("nobody")).toBeUndefined();
      for (const call of [
        () => tracker.logParameters("nobody", { a: 1 }),
        () => tracker.logMetrics("nobody", { a: 1 }),
        () => tracker.logArtifact("nobody", { path: "a", bytes: new Uint8Array() }),
        () => tracker.finish("nobody", "failed"),
      ]) {
        await expect(call()).rejects.toMatchObject({ code: "not_found" });
      }
    });
  });
}
