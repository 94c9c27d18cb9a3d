import { defineCommand } from "../define-command.ts";

/** `tamis backup TARGET`: the records of one moment, while others work. */
export const backup = defineCommand<Record<never, never>, [target: string]>({
  summary: "Write a backup of the records, while others work",
  details: [
    "Makes a folder with the records of one moment (records.db, a SQLite database; or records.dump, for pg_restore) and",
    "manifest.json: digest, schema version, rows by table. In a folder that is there already it is called tamis-INSTANT.",
    "On PostgreSQL it needs pg_dump. Objects (models, snapshots, raw files) never change: copy their folder or bucket",
    "afterwards.",
  ].join("\n"),
  examples: ["tamis backup ./backups", "tamis backup ./backups/before-the-move --json"],
  flags: {},
  positional: {
    kind: "tuple",
    parameters: [
      { placeholder: "TARGET", brief: "The folder to make, or a folder of backups", parse: (path) => path },
    ],
  },
  whenInterrupted: "Interrupted; no backup was made.",
  async run(context, _flags, target) {
    const { backup, openRecords } = await import("@tamis/storage");
    const { signal, onProgress } = context;
    const records = await openRecords(context.config);
    try {
      const { path, manifest } = await backup(records, target, { signal, onProgress });
      const rows = Object.values(manifest.rows).reduce((sum, count) => sum + count, 0);
      context.output.result({ path, manifest }, () => [
        `${rows.toLocaleString("en-US")} rows of ${Object.keys(manifest.rows).length} tables, schema version ${manifest.schema_version}`,
        `${path}, ${manifest.file} with digest ${manifest.sha256.slice(0, 12)}`,
      ]);
    } finally {
      await records.destroy();
    }
  },
});
