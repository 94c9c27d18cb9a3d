import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { withKernels } from "./pool.ts";

describe("withKernels", () => {
  test("a kernel that fails rejects the call with its name, and the next call works", async () => {
    const broken = withKernels({ workers: 2 }, (pool) =>
      pool.run({ kernel: "normalRows", args: 0xffff_fff0, tasks: 4 }),
    );
    await expect(broken).rejects.toMatchObject({ code: "unavailable", message: /normalRows.*memory access/ });
    const args = { u32: 0 };
    const fine = withKernels({ workers: 2 }, (pool) =>
      pool.run({
        kernel: "normalRows",
        args: pool.arena.words([args, args, args, args, { u32: 4 }, args, args, args]),
        tasks: 4,
      }),
    );
    await expect(fine).resolves.toBeUndefined();
  });

  test("two jobs at once use two pools", async () => {
    const seen = await Promise.all(
      [1, 2].map((fill) =>
        withKernels({ workers: 1 }, async ({ arena }) => {
          const array = arena.uint32(1000).fill(fill);
          await new Promise((resolve) => setTimeout(resolve, 20));
          return array[999];
        }),
      ),
    );
    expect(seen).toEqual([1, 2]);
  });

  test("arrays past 2 GiB are addressed, past 4 GiB refused", async () => {
    await withKernels({ workers: 0 }, async ({ arena }) => {
      arena.float64(2 ** 28);
      const high = arena.uint32(4);
      expect(high.byteOffset).toBeGreaterThanOrEqual(2 ** 31);
      const address = arena.words([high]);
      expect(address).toBeGreaterThan(2 ** 31);
      high.fill(7);
      expect(high[3]).toBe(7);
      expect(() => arena.float64(2 ** 28)).toThrow(/4096 MiB/);
    });
  });

  test("a process that used workers ends by itself", { timeout: 60_000 }, async () => {
    const pool = fileURLToPath(new URL("./pool.ts", import.meta.url));
    const program = `
      import { withKernels } from ${JSON.stringify(pool)};
      await withKernels({ workers: 2 }, (pool) => {
        const zero = { u32: 0 };
        const args = pool.arena.words([zero, zero, zero, zero, { u32: 4 }, zero, zero, zero]);
        return pool.run({ kernel: "normalRows", args, tasks: 4 });
      });
      process.stdout.write("worked");`;
    const flags = ["--conditions=@tamis/source", "--import", "tsx", "--input-type=module", "-e", program];
    const { stdout } = await promisify(execFile)(process.execPath, flags, { timeout: 30_000 });
    expect(stdout).toBe("worked");
  });
});
