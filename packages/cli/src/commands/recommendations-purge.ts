import { defineCommand } from "../define-command.ts";
import { duration } from "../duration.ts";

interface Flags {
  /** In seconds. */
  readonly olderThan: number;
}

/** `tamis recommendations purge`: lets go of old lines of the log. */
export const recommendationsPurge = defineCommand<Flags>({
  summary: "Remove old lists from the log of recommendations",
  details: [
    "Removes what the service recommended longer ago than this, a thousand lists at a time, beside a service that",
    "runs. Run it daily, from cron or a timer.",
  ].join("\n"),
  examples: ["tamis recommendations purge", "tamis recommendations purge --older-than 7d"],
  flags: {
    olderThan: {
      kind: "parsed",
      parse: duration,
      default: "30d",
      placeholder: "TIME",
      brief: "Age from which lists are removed, e.g. 12h or 30d",
    },
  },
  async run(context, { olderThan }) {
    const { removeRecommendations } = await import("@tamis/storage");
    const { records } = await context.tamis();
    const before = new Date(Date.now() - olderThan * 1000);
    const removed = await removeRecommendations(records, before);
    context.output.result({ removed, before: before.toISOString() }, () => [
      `${removed} lists from before ${before.toISOString()} removed`,
    ]);
  },
});
