import { existsSync } from "node:fs";
import { join } from "node:path";
import { TamisError } from "@tamis/core";
import { defineCommand } from "../define-command.ts";
import { seedFlag } from "../seed-flag.ts";
import { wholeNumber } from "../whole-number.ts";

interface Flags {
  readonly ratings: number;
  readonly users: number;
  readonly items: number;
  readonly seed: number;
  readonly badRows: number;
  readonly out: string;
  readonly force?: boolean;
}

/** `tamis generate --out DIR`: a made-up MovieLens folder. */
export const generate = defineCommand<Flags>({
  summary: "Write a made-up MovieLens folder, for trying things out",
  details: [
    "Writes DIR/ratings.csv and DIR/movies.csv in the layout of ml-latest: films with genres, people with tastes,",
    "times with a weekly and a yearly rhythm. The same seed gives the same files on every machine.",
  ].join("\n"),
  examples: [
    "tamis generate --out ./films",
    "tamis generate --ratings 1000000 --users 6000 --items 4000 --seed 7 --bad-rows 25 --out ./big",
  ],
  flags: {
    ratings: { kind: "parsed", parse: wholeNumber(1), default: "100000", placeholder: "N", brief: "Ratings" },
    users: { kind: "parsed", parse: wholeNumber(1), default: "700", placeholder: "N", brief: "People" },
    items: { kind: "parsed", parse: wholeNumber(1), default: "2000", placeholder: "N", brief: "Films" },
    seed: seedFlag,
    badRows: {
      kind: "parsed",
      parse: wholeNumber(0),
      default: "0",
      placeholder: "N",
      brief: "Extra rows that an import must refuse",
    },
    out: { kind: "parsed", parse: (folder) => folder, placeholder: "DIR", brief: "Folder to write into" },
    force: { kind: "boolean", optional: true, withNegated: false, brief: "Replace files that are there" },
  },
  whenInterrupted: "Interrupted; nothing was changed.",
  async run(context, { ratings, users, items, seed, badRows, out, force }) {
    const present = ["ratings.csv", "movies.csv"].find((name) => existsSync(join(out, name)));
    if (present && !force) {
      throw new TamisError(
        "refused",
        `${join(out, present)} exists. Choose another --out, or replace it with --force.`,
      );
    }
    const { synthesizeFilms } = await import("@tamis/ml");
    const { writeFilmFolder } = await import("../write-film-folder.ts");
    const { signal, onProgress } = context;
    const data = synthesizeFilms({ ratings, users, items, seed });
    await writeFilmFolder(out, data, { badRows, signal, onProgress });
    context.output.result({ out, ratings, users, items, seed, bad_rows: badRows }, () => [
      `${ratings.toLocaleString("en-US")} ratings of ${items} films by ${users} people, and ${badRows} bad rows, in ${out}`,
      `Read them with: tamis import movielens ${out}`,
    ]);
  },
});
