/** The colours of a drawing, by what they are for. Each is there once, so that it can be told from the others. */
export interface ChartColours {
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly card: string;
  /** As many series as can be told apart. */
  readonly series: readonly string[];
}

/** On white: what a drawing has when it stands alone, in a file. On a page the stylesheet says (frame.css). */
export const paperColours: ChartColours = {
  ink: "#1d1f1e",
  muted: "#5c625f",
  line: "#e2dfd8",
  card: "#ffffff",
  series: ["#2f8f7d", "#c0602a", "#6657b8", "#2a6fb3", "#b03a78", "#77751f"],
};

/** The colour's name in the stylesheet: `--ink`, `--series-1`… */
export const colourVariables: Readonly<Record<string, string>> = {
  [paperColours.ink]: "--ink",
  [paperColours.muted]: "--muted",
  [paperColours.line]: "--line",
  [paperColours.card]: "--card",
  ...Object.fromEntries(paperColours.series.map((colour, index) => [colour, `--series-${index + 1}`])),
};
