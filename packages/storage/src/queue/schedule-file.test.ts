import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { scheduleFile } from "./schedule-file.ts";

async function read(content: unknown) {
  const path = join(await temporaryFolder(), "schedules.json");
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return await scheduleFile(path);
}

describe("a file of schedules", () => {
  it("gives each schedule in its time zone, with what it leaves out filled in", async () => {
    const [nightly, hourly] = await read([
      {
        pipeline: "nightly",
        cron: "0 7 * * *",
        time_zone: "Europe/Paris",
        catch_up: "all",
        start_at: "2026-11-01",
        config: { file: "a.csv" },
      },
      { pipeline: "hourly", cron: "0 * * * *" },
    ]);
    expect(nightly).toMatchObject({
      pipeline: "nightly",
      catchUp: "all",
      startAt: new Date("2026-11-01T00:00:00Z"),
      config: { file: "a.csv" },
    });
    expect(nightly?.nextRun(new Date("2026-03-28T12:00:00Z"))).toEqual(new Date("2026-03-29T05:00:00Z"));
    expect(hourly).toMatchObject({ pipeline: "hourly", catchUp: "latest", config: {} });
    expect(hourly?.nextRun(new Date("2026-03-28T12:00:00Z"))).toEqual(new Date("2026-03-28T13:00:00Z"));
  });

  it.each([
    ["[", "no JSON"],
    [[], "lists none"],
    [[{ pipeline: "a", cron: "0 7 * * *" }, { pipeline: "b" }], "schedule 2.cron"],
    [[{ pipeline: "a", cron: "0 7 * * *", timezone: "UTC" }], "timezone"],
    [[{ pipeline: "a", cron: "61 7 * * *" }], "schedule 1: The schedule “61 7 * * *”"],
    [[{ pipeline: "a", cron: "0 7 * * *", time_zone: "Europe/Pari" }], "Europe/Pari"],
    [[{ pipeline: "a", cron: "0 7 * * *", start_at: "yesterday" }], "schedule 1.start_at"],
    [[1, 2].map((hour) => ({ pipeline: "a", cron: `0 ${hour} * * *` })), "two schedules of a"],
  ])("%j is refused: %s", async (content, why) => {
    await expect(read(content)).rejects.toMatchObject({
      code: "configuration",
      message: expect.stringMatching(
        new RegExp(`schedules\\.json is not understood: .*${why.replaceAll("*", "\\*")}`),
      ),
    });
  });

  it("that is not there is not found", async () => {
    await expect(scheduleFile("nowhere.json")).rejects.toMatchObject({ code: "not_found" });
  });
});
