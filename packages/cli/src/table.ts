import { stripVTControlCharacters } from "node:util";

export interface Column {
  readonly title: string;
  /** @default "left" */
  readonly align?: "left" | "right";
}

/**
 * Lines of a table: titles, a rule, one line per row; a column without a title has no rule. A column is as wide as its widest cell; colours in a
 * cell take no width.
 */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly (string | number)[])[],
): string[] {
  const widths = columns.map((column, index) =>
    Math.max(column.title.length, ...rows.map((row) => displayWidth(String(row[index] ?? "")))),
  );
  const line = (cells: readonly (string | number)[]) =>
    columns
      .map((column, index) => pad(String(cells[index] ?? ""), widths[index] ?? 0, column.align ?? "left"))
      .join("  ")
      .trimEnd();
  return [
    line(columns.map((column) => column.title)),
    line(columns.map(({ title }, index) => (title === "" ? "" : "─".repeat(widths[index] ?? 0)))),
    ...rows.map(line),
  ];
}

function pad(text: string, width: number, align: "left" | "right"): string {
  const blanks = " ".repeat(Math.max(0, width - displayWidth(text)));
  return align === "right" ? blanks + text : text + blanks;
}

/** Cells a terminal needs, good enough for titles: wide East Asian characters take two, marks none. */
function displayWidth(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) {
    if (/\p{Mark}/u.test(character)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}
