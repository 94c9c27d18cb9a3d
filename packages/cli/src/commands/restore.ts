import { defineCommand } from "../define-command.ts";

interface Flags {
  readonly force?: boolean;
}

/** `tamis restore BACKUP`: puts a backup in the place of the records. */
export const restore = defineCommand<Flags, [source: string]>({
  summary: "Put a backup in the place of the records, all or nothing",
  details: [
    "Checks the digest of the backup, replaces the records by it in one transaction, and counts the rows of each table.",
    "Records that are not empty are replaced with --force only (exit code 6). On PostgreSQL it needs pg_restore and psql.",
  ].join("\n"),
  examples: [
    "tamis restore ./backups/tamis-20261121T070000Z",
    "tamis restore ./backups/before-the-move --force --records postgres://tamis@db.example/tamis",
  ],
  flags: {
    force: {
      kind: "boolean",
      optional: true,
      withNegated: false,
      brief: "Replace records that are not empty",
    },
  },
  positional: {
    kind: "tuple",
    parameters: [
      { placeholder: "BACKUP", brief: "The folder of the backup, or a file in it", parse: (path) => path },
    ],
  },
  whenInterrupted: "Interrupted; nothing was changed.",
  async run(context, { force = false }, source) {
    const { openRecords, restore } = await import("@tamis/storage");
    const { signal, onProgress } = context;
    const records = await openRecords(context.config);
    try {
      const manifest = await restore(records, source, { force, signal, onProgress });
      const rows = Object.values(manifest.rows).reduce((sum, count) => sum + count, 0);
      context.output.result({ manifest }, () => [
        `restored ${rows.toLocaleString("en-US")} rows of ${Object.keys(manifest.rows).length} tables, as they were at ${manifest.created_at}`,
      ]);
    } finally {
      await records.destroy();
    }
  },
});
