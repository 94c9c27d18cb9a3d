import { styleText } from "node:util";
import type { ProgressRenderer } from "./progress.ts";

/** A standard stream, as a subset of Node's, so that tests can stand in for it. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
  getColorDepth?(env?: Readonly<Partial<Record<string, string>>>): number;
}

type Style = "bold" | "dim" | "green" | "yellow" | "red" | "cyan";

/**
 * The two ways out of a command. stdout carries the result and nothing else: lines for a person, or with
 * `--json` exactly one JSON document with snake_case keys. stderr carries all the rest.
 */
export interface Output {
  /** The result, once per command: `document` with `--json`, else the lines of `human()`. */
  result(document: unknown, human: () => readonly string[]): void;
  /** A sentence on stderr about what is going on; silent with `--quiet`. */
  note(sentence: string): void;
  /** A sentence on stderr that must be seen, also with `--quiet`. */
  warn(sentence: string): void;
  /** Text for stdout in a colour, where stdout is a terminal that shows colours. */
  style(style: Style, text: string): string;
}

export function createOutput(
  streams: { stdout: OutputStream; stderr: OutputStream },
  options: { json: boolean; quiet: boolean; progress: ProgressRenderer },
): Output {
  const coloured = hasColours(streams.stdout);
  const say = (sentence: string) => {
    options.progress.clear();
    streams.stderr.write(`${sentence}\n`);
  };
  return {
    result(document, human) {
      options.progress.clear();
      streams.stdout.write(options.json ? `${JSON.stringify(document)}\n` : `${human().join("\n")}\n`);
    },
    note(sentence) {
      if (!options.quiet) say(sentence);
    },
    warn: say,
    style: (style, text) => (coloured ? styleText(style, text, { validateStream: false }) : text),
  };
}

/** True for a terminal with colours; false when `NO_COLOR` is set, `TERM=dumb`, or the stream is a pipe. */
export function hasColours(stream: OutputStream): boolean {
  return stream.isTTY === true && (stream.getColorDepth?.() ?? 1) >= 4;
}
