import { type DriftCheckDocument, type DriftDocument, driftSentence } from "@tamis/ml";
import type { Output } from "./output.ts";
import { tableLines } from "./table.ts";

/** A report on drift for a terminal. */
export function driftLines(output: Output, document: DriftDocument): string[] {
  const { verdict, profile, baseline, checks } = document;
  const style = verdict === "drift" ? "red" : verdict === "no drift" ? "green" : "yellow";
  return [
    `${output.style(style, verdict)}: ${driftSentence(document)}`,
    `profile ${profile}, baseline ${baseline.name} version ${baseline.version}`,
    "",
    ...tableLines(
      [
        { title: "column" },
        { title: "of" },
        { title: "score", align: "right" },
        { title: "expected", align: "right" },
        { title: "p", align: "right" },
        { title: "effect" },
        { title: "verdict" },
      ],
      checks.map((check) => [
        check.column,
        check.check,
        number(check.score),
        number(check.expected),
        number(check.adjusted_p_value ?? check.p_value),
        effect(check),
        check.verdict,
      ]),
    ),
  ];
}

function effect({ check, effect: size, effect_size }: DriftCheckDocument): string {
  if (size === null) return "";
  return check === "figure" ? `${number(size)} %` : `${number(size)} ${effect_size ?? ""}`.trimEnd();
}

function number(value: number | null): string {
  return value === null ? "" : String(Number(value.toPrecision(4)));
}
