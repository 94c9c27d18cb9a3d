import { type DriftCheckDocument, type DriftDocument, isNotable } from "../drift-document.ts";
import { barChart } from "./bar-chart.ts";
import { escapeHtml } from "./escape-html.ts";
import { numeral, percent } from "./numerals.ts";
import { driftReportStyle } from "./style.ts";

/**
 * A report as one HTML page that needs nothing else: no network, no script. It is as long as the document, not as the
 * data: some 50 kB.
 */
export function driftReport(document: DriftDocument): string {
  const title = `Drift report: ${document.verdict}`;
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>${title}</title><style>${driftReportStyle}</style></head><body><main>`,
    `<h1>Drift report: ${verdictMark(document.verdict)}</h1><p>${escapeHtml(driftSentence(document))}</p>`,
    facts(document),
    checksTable(document),
    document.columns.length === 0 ? "" : distributions(document),
    footer(document),
    "</main></body></html>\n",
  ].join("\n");
}

/** The verdict in a sentence that names what changed most. */
export function driftSentence({ verdict, checks, current, drifted_columns }: DriftDocument): string {
  if (verdict === "not enough data") {
    return `The ${numeral(current.rows)} ratings are too few to say whether anything has changed.`;
  }
  const columns = (of: readonly DriftCheckDocument[]) =>
    [...new Set(of.map(({ column }) => column))].join(", ");
  if (verdict === "drift") {
    const drifted = columns(checks.filter(isNotable));
    return `${drifted_columns.count} of ${columnsOf(checks)} columns have drifted: ${drifted}.`;
  }
  const shown = checks.filter((check) => check.verdict === "drift");
  return shown.length === 0
    ? "No column differs from the baseline by more than chance allows."
    : `What differs from the baseline is too little to matter: ${columns(shown)}.`;
}

function columnsOf(checks: readonly DriftCheckDocument[]): number {
  return new Set(checks.map(({ column }) => column)).size;
}

function facts({ profile, baseline, current, created_at, alpha }: DriftDocument): string {
  const window = [
    current.since === null ? "" : ` since ${current.since}`,
    current.last === null ? "" : `, the latest ${numeral(current.last)} at most`,
  ].join("");
  const entries: readonly (readonly [string, string])[] = [
    ["Made", created_at],
    [
      "Profile",
      alpha === null ? profile : `${profile}, false alarms in ${percent(alpha)} of reports at most`,
    ],
    ["Baseline", `${baseline.name} version ${baseline.version} of ${baseline.created_at}`],
    ["Baseline snapshot", baseline.snapshot ?? "none"],
    ...(profile === "simple"
      ? []
      : ([
          ["Current snapshot", current.snapshot ?? "none"],
          ["Current ratings", `${numeral(current.rows)}${window}`],
        ] as const)),
  ];
  return `<dl>${entries.map(([term, text]) => `<dt>${term}</dt><dd>${escapeHtml(text)}</dd>`).join("")}</dl>`;
}

const checkNames: Readonly<Record<DriftCheckDocument["check"], string>> = {
  values: "distribution",
  missing: "share of missing values",
  coverage: "share of those known that occur",
  concentration: "inequality (Gini)",
  unseen: "share of rows of new ones",
  figure: "figure",
};

function checksTable({ checks }: DriftDocument): string {
  const rows = checks.map((check) => {
    const cells = [
      cell(check.column),
      cell(checkNames[check.check]),
      cell(check.method),
      cell(check.rows ? `${numeral(check.rows.reference)} / ${numeral(check.rows.current)}` : "–", "number"),
      cell(numeral(check.score), "number"),
      cell(numeral(check.expected), "number"),
      cell(numeral(check.adjusted_p_value ?? check.p_value), "number"),
      cell(effectText(check), "number"),
      `<td>${verdictMark(check.verdict)}${newLabels(check)}</td>`,
    ];
    return `<tr>${cells.join("")}</tr>`;
  });
  const heads = ["Column", "What of it", "Method"].map((head) => `<th scope="col">${head}</th>`);
  const numbers = ["Rows", "Score", "Expected", "p", "Effect"].map(
    (head) => `<th scope="col" class="number">${head}</th>`,
  );
  return [
    "<h2>Checks</h2>",
    '<div class="scroll" tabindex="0" role="region" aria-label="Checks"><table>',
    "<caption>Rows: baseline / current. p: adjusted for the number of checks, where the profile does so.</caption>",
    `<thead><tr>${heads.join("")}${numbers.join("")}<th scope="col">Verdict</th></tr></thead>`,
    `<tbody>${rows.join("")}</tbody></table></div>`,
  ].join("");
}

function effectText({ effect, effect_size, check }: DriftCheckDocument): string {
  if (effect === null) return "–";
  if (check === "figure") return `${effect > 0 ? "+" : ""}${numeral(effect)} %`;
  return effect_size === null ? numeral(effect) : `${numeral(effect)}, ${effect_size}`;
}

function newLabels({ new_labels }: DriftCheckDocument): string {
  if (new_labels.length === 0) return "";
  const list = new_labels.map(({ label, rows }) => `${escapeHtml(label)} (${numeral(rows)})`).join(", ");
  return `<br>new: ${list}`;
}

function distributions({ columns }: DriftDocument): string {
  const key = (of: "reference" | "current", text: string) => `<span class="key ${of}"></span>${text}`;
  return [
    "<h2>Distributions</h2>",
    `<p>${key("reference", "baseline")} &nbsp; ${key("current", "current")}</p>`,
    ...columns.map((column) => {
      const { name, bars, missing } = column;
      const absent =
        missing.reference + missing.current === 0
          ? ""
          : `; without a value: ${percent(missing.reference)} / ${percent(missing.current)}`;
      return [
        `<h3>${escapeHtml(name)}</h3><figure>${barChart(column)}`,
        `<figcaption>Shares of the rows with a value${absent}.</figcaption></figure>`,
        `<details><summary>Table of ${escapeHtml(name)}</summary><table><thead><tr><th scope="col">Value</th>`,
        '<th scope="col" class="number">Baseline</th><th scope="col" class="number">Current</th></tr></thead><tbody>',
        ...bars.map(
          ({ label, reference, current }) =>
            `<tr>${cell(label)}${cell(percent(reference), "number")}${cell(percent(current), "number")}</tr>`,
        ),
        "</tbody></table></details>",
      ].join("");
    }),
  ].join("");
}

function footer({ missing_columns, new_columns, profile }: DriftDocument): string {
  const lists = [
    missing_columns.length === 0 ? "" : `Only the baseline has: ${escapeHtml(missing_columns.join(", "))}. `,
    new_columns.length === 0 ? "" : `Only the current data have: ${escapeHtml(new_columns.join(", "))}. `,
  ];
  return `<footer>${lists.join("")}${readings[profile]}</footer>`;
}

const readings: Readonly<Record<DriftDocument["profile"], string>> = {
  calibrated:
    "A check says drift when its adjusted p is 0.05 or less; the report does when, besides, the effect is at least small. “Expected” is what the figure would be on as many rows if nothing had changed.",
  evidently: "As Evidently decides by default: a test up to 1,000 rows of the baseline, a distance above.",
  simple: "A figure drifts when it changed by more than the threshold in per cent of the baseline.",
};

function verdictMark(verdict: DriftDocument["verdict"]): string {
  return `<span class="${verdict.replaceAll(" ", "-")}">${verdict}</span>`;
}

function cell(text: string, kind = ""): string {
  return `<td${kind && ` class="${kind}"`}>${escapeHtml(text)}</td>`;
}
