import type { Row, Suite } from "./suite.ts";

/** What a suite is held to, as a Markdown list. */
export function formatTargets({ targets = [] }: Suite, rows: readonly Row[]): string {
  const words = { true: "reached", false: "**not reached**", undefined: "not measured" };
  const lines = targets.map(({ says, reached }) => `- ${says}: ${words[`${reached(rows)}`]}.\n`);
  return lines.length === 0 ? "" : `\n${lines.join("")}`;
}
