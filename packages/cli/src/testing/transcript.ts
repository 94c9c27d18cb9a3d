/** One command of a shell block in a Markdown file, with the output that is printed below it. */
export interface TranscriptStep {
  /** 1-based line of the prompt. */
  readonly line: number;
  readonly command: string;
  readonly output: string;
}

/**
 * The commands of a Markdown file that can be replayed: in ```sh blocks, lines `$ tamis …` (or `$ npx tamis …`),
 * continued by `\` at the end of a line, each with the lines up to the next prompt. Other commands are left out.
 */
export function transcriptSteps(markdown: string): TranscriptStep[] {
  const steps: TranscriptStep[] = [];
  let inBlock = false;
  let open: { line: number; command: string; output: string[]; continued: boolean } | undefined;
  const close = () => {
    if (open && /^(?:npx )?tamis\b/.test(open.command)) {
      const { line, command, output } = open;
      steps.push({ line, command: command.replace(/^npx /, ""), output: output.join("\n") });
    }
    open = undefined;
  };
  for (const [index, text] of markdown.split("\n").entries()) {
    if (/^\s*```/.test(text)) {
      close();
      inBlock = !inBlock && /^\s*```(?:sh|console)\s*$/.test(text);
    } else if (!inBlock) continue;
    else if (text.startsWith("$ ")) {
      close();
      open = { line: index + 1, command: text.slice(2), output: [], continued: text.endsWith("\\") };
    } else if (open?.continued) {
      open.command += `\n${text}`;
      open.continued = text.endsWith("\\");
    } else open?.output.push(text);
  }
  close();
  return steps;
}

/**
 * Whether what was printed is what is written. Digests, run ids, instants and seconds are not compared; in the
 * written text “…” stands for anything, on a line of its own for any lines. Blank lines at the end do not count.
 */
export function outputMatches(written: string, printed: string): boolean {
  const pattern = tidy(written)
    .split("\n")
    .map((line) => {
      if (line.trim() === "…") return "(?:[^\\n]*\\n)*?";
      const parts = line.split("…").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
      return `${parts.join("[^\\n]*")}\\n`;
    })
    .join("");
  return new RegExp(`^${pattern}$`).test(`${tidy(printed)}\n`);
}

function tidy(output: string): string {
  return output
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "<id>")
    .replace(/\b[0-9a-f]{64}\b|\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{12}\b/g, "<digest>")
    .replace(/\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?Z?/g, "<instant>")
    .replace(/("(?:\w+_)?seconds":)[\d.e-]+/g, "$1<seconds>")
    .replace(/\b\d+(?:\.\d+)? s\b/g, "<seconds>")
    .replace(/[ \t]+$/gm, "")
    .trimEnd();
}
