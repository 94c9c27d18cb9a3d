import { defineCommand } from "../define-command.ts";
import { duration } from "../duration.ts";
import { tableLines } from "../table.ts";

interface Flags {
  readonly dryRun?: boolean;
  readonly grace: number;
}

/** `tamis lake gc`: removes what nothing refers to. */
export const lakeGc = defineCommand<Flags>({
  summary: "Remove objects that no snapshot, source, model or run refers to",
  details: [
    "Removes what killed imports and trainings left behind. Whatever the manifest of a snapshot or source names stays,",
    "and the files of known models and runs, and everything young. In a bucket with versioning the removed objects are",
    "kept as former versions for as long as its lifecycle says.",
  ].join("\n"),
  examples: ["tamis lake gc --dry-run", "tamis lake gc --grace 1h --json"],
  flags: {
    dryRun: {
      kind: "boolean",
      optional: true,
      withNegated: false,
      brief: "Only list what would be removed",
    },
    grace: {
      kind: "parsed",
      parse: duration,
      default: "24h",
      placeholder: "TIME",
      brief: "Younger objects stay: their writer may be at work",
    },
  },
  async run(context, { dryRun = false, grace }) {
    const { collectGarbage } = await import("@tamis/storage");
    const garbage = await collectGarbage(await context.tamis(), { dryRun, graceSeconds: grace });
    const { objects, bytes, removed } = garbage;
    context.output.result({ removed, count: objects.length, bytes, objects }, () => {
      if (objects.length === 0) return ["nothing to remove"];
      const count = `${objects.length} ${objects.length === 1 ? "object" : "objects"}, ${bytes} bytes`;
      return [
        ...tableLines(
          [{ title: "bytes", align: "right" }, { title: "object" }],
          objects.map(({ key, bytes: size }) => [size, key]),
        ),
        "",
        removed ? `removed ${count}` : `${count} would be removed; this was a dry run`,
      ];
    });
  },
});
