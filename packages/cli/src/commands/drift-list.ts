import { defineCommand } from "../define-command.ts";
import { baselineFlag } from "../drift-window.ts";
import { utc } from "../pipeline-document.ts";
import { tableLines } from "../table.ts";

/** `tamis drift list`: the versions of a baseline, and what was found by comparing with them. */
export const driftList = defineCommand<{ readonly name: string }>({
  summary: "List the versions of a baseline and the latest reports, newest first",
  examples: ["tamis drift list", "tamis drift list --json"],
  flags: { name: baselineFlag },
  async run(context, { name }) {
    const { driftStore } = await import("@tamis/storage");
    const store = driftStore((await context.tamis()).records);
    const baselines = await store.listBaselines(name);
    const reports = await store.listReports({ baseline: name });
    const document = {
      name,
      baselines: baselines.map(({ version, digest, snapshot, createdBy, createdAt }) => ({
        version,
        digest,
        snapshot,
        created_by: createdBy,
        created_at: createdAt,
      })),
      reports: reports.map(({ id, baselineVersion, profile, verdict, createdAt }) => ({
        id,
        baseline_version: baselineVersion,
        profile,
        verdict,
        created_at: createdAt,
      })),
    };
    context.output.result(document, () => {
      if (baselines.length === 0) return [`no baseline “${name}” yet; take one with: tamis drift baseline`];
      const versions = tableLines(
        [
          { title: "baseline", align: "right" },
          { title: "snapshot" },
          { title: "by" },
          { title: "taken at (UTC)" },
        ],
        baselines.map(({ version, snapshot, createdBy, createdAt }) => [
          version,
          snapshot?.slice(0, 12) ?? "none",
          createdBy,
          utc(createdAt),
        ]),
      );
      if (reports.length === 0) return [...versions, "", "no report yet; make one with: tamis drift check"];
      const found = tableLines(
        [
          { title: "report" },
          { title: "baseline", align: "right" },
          { title: "profile" },
          { title: "verdict" },
        ],
        reports.map(({ baselineVersion, profile, verdict, createdAt }) => [
          utc(createdAt),
          baselineVersion,
          profile,
          verdict,
        ]),
      );
      return [...versions, "", ...found];
    });
  },
});
