import type { SnapshotRecord } from "@tamis/storage";
import { defineCommand } from "../define-command.ts";
import { tableLines } from "../table.ts";
import { wholeNumber } from "../whole-number.ts";

interface Flags {
  readonly limit: number;
}

/** `tamis lake list`: the snapshots, newest first. */
export const lakeList = defineCommand<Flags>({
  summary: "List the snapshots, newest first",
  examples: ["tamis lake list", "tamis lake list --limit 1 --json"],
  flags: {
    limit: {
      kind: "parsed",
      parse: wholeNumber(1),
      default: "50",
      placeholder: "N",
      brief: "Snapshots at most",
    },
  },
  async run(context, { limit }) {
    const { currentSnapshot, listSnapshots } = await import("@tamis/storage");
    const { records } = await context.tamis();
    const snapshots = await listSnapshots(records, limit);
    const current = (await currentSnapshot(records))?.digest ?? null;
    context.output.result({ current, snapshots: snapshots.map(snapshotDocument) }, () => {
      if (snapshots.length === 0) return ["no snapshot yet; import a ratings file with: tamis import"];
      return tableLines(
        [
          { title: "snapshot" },
          { title: "" },
          { title: "ratings", align: "right" },
          { title: "users", align: "right" },
          { title: "items", align: "right" },
          { title: "scale" },
          { title: "added to" },
          { title: "made at (UTC)" },
        ],
        snapshots.map(({ digest, rows, users, items, scale, parent, createdAt }) => [
          digest.slice(0, 12),
          digest === current ? "current" : "",
          rows,
          users,
          items,
          `${scale.min}..${scale.max}`,
          parent?.slice(0, 12) ?? "",
          createdAt.toISOString().slice(0, 19).replace("T", " "),
        ]),
      );
    });
  },
});

function snapshotDocument(snapshot: SnapshotRecord) {
  const { digest, parent, manifestKey, rows, users, items, scale, importId, createdAt } = snapshot;
  return {
    digest,
    parent,
    manifest_key: manifestKey,
    rows,
    users,
    items,
    scale,
    import_id: importId,
    created_at: createdAt,
  };
}
