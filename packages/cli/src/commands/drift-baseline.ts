import { defineCommand } from "../define-command.ts";
import { baselineFlag, type WindowFlags, windowFlags, windowOf } from "../drift-window.ts";

interface Flags extends WindowFlags {
  readonly name: string;
}

/** `tamis drift baseline`: takes the data of today as what later data are compared with. */
export const driftBaseline = defineCommand<Flags>({
  summary: "Take what later data are compared with, from the current snapshot or another",
  details: [
    "Sketches the ratings and genres of a snapshot, and the scores of the lists that were recommended so far, as counts",
    "by value: no rows, at most some 100 kB. It becomes the newest version of the baseline; former ones stay.",
    "Where later checks are made of the last N ratings, a baseline of the last N compares like with like.",
  ].join("\n"),
  examples: [
    "tamis drift baseline",
    "tamis drift baseline --last 10000",
    "tamis drift baseline --snapshot 9b09814e",
  ],
  flags: { name: baselineFlag, ...windowFlags },
  async run(context, { name, ...flags }) {
    const { takeBaseline } = await import("@tamis/ml");
    const { driftPorts, listSnapshots, writeAudit } = await import("@tamis/storage");
    const tamis = await context.tamis();
    const window = windowOf(flags, await listSnapshots(tamis.records, 10_000));
    const actor = "command line";
    const taken = await takeBaseline(driftPorts(tamis), { name, window, createdBy: actor });
    const { version, digest, snapshot } = taken;
    await writeAudit(tamis.records, {
      actor,
      action: "drift.baseline",
      subject: name,
      outcome: "done",
      details: { version, snapshot },
    });
    const document = { name, version, digest, snapshot, created_at: taken.createdAt };
    context.output.result(document, () => [
      `baseline ${name} version ${version}, of ${snapshot === null ? "no data set yet" : `snapshot ${snapshot.slice(0, 12)}`}`,
    ]);
  },
});
