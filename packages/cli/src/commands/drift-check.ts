import type { DriftProfile } from "@tamis/ml";
import { defineCommand } from "../define-command.ts";
import { driftLines } from "../drift-report.ts";
import { baselineFlag, type WindowFlags, windowFlags, windowOf } from "../drift-window.ts";
import { exitCodes } from "../exit-codes.ts";
import { wholeNumber } from "../whole-number.ts";
import { writeWholeFile } from "../write-whole-file.ts";

interface Flags extends WindowFlags {
  readonly name: string;
  readonly version?: number;
  readonly profile: DriftProfile;
  readonly html?: string;
  readonly evidentlyJson?: string;
}

/** `tamis drift check`: compares ratings with the baseline; exit code 6 when they have drifted. */
export const driftCheck = defineCommand<Flags>({
  summary: "Compare ratings with the baseline; exit code 6 when they have drifted",
  details: [
    "Compares the latest 10,000 ratings of the data set (or what --snapshot, --since and --last say) with the newest",
    "baseline, and keeps the report. Profiles: calibrated raises a false alarm in 5 % of the reports at most, whatever",
    "the number of ratings; evidently decides as Evidently does; simple compares four figures, ± 10 %.",
    "Exit code 0: no drift, or too little data to say; 6: drift.",
  ].join("\n"),
  examples: [
    "tamis drift check",
    "tamis drift check --since 2026-11-20 --html drift.html",
    "tamis drift check --profile evidently --evidently-json drift.json",
  ],
  flags: {
    name: baselineFlag,
    version: {
      kind: "parsed",
      parse: wholeNumber(1),
      optional: true,
      placeholder: "V",
      brief: "Version of the baseline instead of the newest",
    },
    profile: {
      kind: "enum",
      values: ["calibrated", "evidently", "simple"],
      default: "calibrated",
      brief: "How differences are judged",
    },
    ...windowFlags,
    html: {
      kind: "parsed",
      parse: (path) => path,
      optional: true,
      placeholder: "FILE",
      brief: "Write the report as a page that needs no network",
    },
    evidentlyJson: {
      kind: "parsed",
      parse: (path) => path,
      optional: true,
      placeholder: "FILE",
      brief: "Write the report in the shape of Evidently's JSON",
    },
  },
  async run(context, { name, version, profile, html, evidentlyJson, ...flags }) {
    const { checkDrift, driftReport, evidentlyDocument } = await import("@tamis/ml");
    const { driftPorts, listSnapshots } = await import("@tamis/storage");
    const tamis = await context.tamis();
    const given = windowOf(flags, await listSnapshots(tamis.records, 10_000));
    const asked = flags.snapshot ?? flags.since ?? flags.last;
    const { document } = await checkDrift(driftPorts(tamis), {
      name,
      profile,
      ...(version !== undefined && { version }),
      ...(asked !== undefined && { window: given }),
    });
    if (html !== undefined) await writeWholeFile(html, only(driftReport(document)));
    if (evidentlyJson !== undefined) {
      await writeWholeFile(evidentlyJson, only(`${JSON.stringify(evidentlyDocument(document), null, 2)}\n`));
    }
    context.output.result(document, () => driftLines(context.output, document));
    if (document.verdict === "drift") context.exitWith(exitCodes.refused);
  },
});

async function* only(text: string): AsyncGenerator<string> {
  yield text;
}
