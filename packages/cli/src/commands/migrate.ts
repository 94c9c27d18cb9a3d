import { defineCommand } from "../define-command.ts";
import { exitCodes } from "../exit-codes.ts";

interface Flags {
  readonly dryRun?: boolean;
}

/** `tamis migrate`: brings the schema of the records up to date. */
export const migrate = defineCommand<Flags>({
  summary: "Bring the schema of the records up to date",
  details: [
    "Every command does so by itself; this one says what it does, or would do. Of several at once one does it and the",
    "others wait. Of SQLite a backup is taken before each step; on PostgreSQL take a backup first (tamis backup). Exit code 99 when",
    "there is nothing to do.",
  ].join("\n"),
  examples: ["tamis migrate --dry-run", "tamis migrate --records postgres://tamis@db.example/tamis --json"],
  flags: {
    dryRun: { kind: "boolean", optional: true, withNegated: false, brief: "Only say what would be done" },
  },
  async run(context, { dryRun = false }) {
    const { migrate, openRecords, pendingMigrations, schemaVersion } = await import("@tamis/storage");
    const records = await openRecords(context.config);
    try {
      const pending = await pendingMigrations(records);
      const present = await schemaVersion(records);
      const planned = { from: present, to: pending.at(-1)?.version ?? present, backups: [] };
      // Whoever waited for another one finds less to do than was pending.
      const { from, to, backups } = dryRun ? planned : await migrate(records);
      const steps = pending.filter(({ version }) => version > from).map(({ name }) => name);
      const document = { from, to, steps, backups, dry_run: dryRun };
      context.output.result(document, () => {
        if (from === to) return [`schema version ${to}: nothing to do`];
        const word = dryRun ? "would go" : "went";
        return [
          `the schema ${word} from version ${from} to version ${to}: ${steps.join(", ")}`,
          ...backups.map((path) => `backup before a step: ${path}`),
        ];
      });
      if (from === to) context.exitWith(exitCodes.nothingToDo);
    } finally {
      await records.destroy();
    }
  },
});
