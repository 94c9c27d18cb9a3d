import type { DuplicatePolicy } from "@tamis/storage";
import { defineCommand } from "../define-command.ts";
import { duplicatesFlag } from "../duplicates-flag.ts";
import { reportImport } from "../import-report.ts";

interface Flags {
  readonly duplicates?: DuplicatePolicy;
  readonly append?: boolean;
}

/** `tamis import movielens PATH`: every MovieLens layout, found out from the folder. */
export const importMovielens = defineCommand<Flags, [path: string]>({
  summary: "Read a MovieLens folder (100k, 1m, latest, 20m, 25m) or its ratings file",
  details: [
    "Reads a MovieLens folder, or its ratings file, and makes it the data set. The layout is found out from",
    "the files: u.data and u.item, ratings.dat and movies.dat, ratings.csv and movies.csv, … Refused rows are",
    "kept with their line and reason (tamis rejects). Importing the same files again changes nothing.",
  ].join("\n"),
  examples: [
    "tamis import movielens ./ml-latest-small",
    "tamis import movielens ./ml-100k/u.data --data-dir ./films --json",
  ],
  flags: {
    duplicates: duplicatesFlag,
    append: {
      kind: "boolean",
      optional: true,
      withNegated: false,
      brief: "Add to the current data set instead of replacing it",
    },
  },
  positional: {
    kind: "tuple",
    parameters: [{ placeholder: "PATH", brief: "A MovieLens folder or ratings file", parse: (path) => path }],
  },
  whenInterrupted: "Interrupted; nothing was changed.",
  async run(context, { append = false, duplicates }, path) {
    const { importMovielens } = await import("@tamis/storage");
    const { signal, onProgress } = context;
    const options = { append, duplicates, signal, onProgress };
    reportImport(context, await importMovielens(await context.tamis(), path, options));
  },
});
