import type { OnProgress, Progress } from "@tamis/core";

/** Where progress goes, as a subset of a Node stream. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface ProgressRenderer {
  readonly onProgress: OnProgress;
  /** Clears the line that is being overwritten, so that other text can be written. */
  clear(): void;
}

/** Not more than ten repaints a second on a terminal. */
const repaintEvery = 100;
/** Off a terminal, a line at least this often while work goes on… */
const lineEvery = 30_000;
/** …and within a phase not more often than this, so that quick work stays short in a log. */
const lineApart = 1_000;

/**
 * Renders {@link Progress} on stderr: on a terminal one line that overwrites itself, elsewhere one line at the
 * start of a phase, then at each 10 % (but not more than one a second) or 30 s. With `quiet` nothing at all.
 *
 * @param now - milliseconds, only differences count.
 */
export function progressRenderer(
  stream: ProgressStream,
  options: { quiet: boolean; now?: () => number },
): ProgressRenderer {
  if (options.quiet) return { onProgress: () => {}, clear: () => {} };
  const now = options.now ?? Date.now;
  return stream.isTTY ? overwritingRenderer(stream, now) : lineRenderer(stream, now);
}

function overwritingRenderer(stream: ProgressStream, now: () => number): ProgressRenderer {
  let painted = false;
  let paintedAt = Number.NEGATIVE_INFINITY;
  let phase = "";
  const clear = () => {
    if (painted) stream.write("\r\u001b[2K");
    painted = false;
  };
  return {
    onProgress(progress) {
      if (progress.phase === phase && now() - paintedAt < repaintEvery) return;
      phase = progress.phase;
      paintedAt = now();
      painted = true;
      stream.write(`\r\u001b[2K${describe(progress).slice(0, (stream.columns || 80) - 1)}`);
    },
    clear,
  };
}

function lineRenderer(stream: ProgressStream, now: () => number): ProgressRenderer {
  let phase = "";
  let tenths = 0;
  let writtenAt = 0;
  return {
    onProgress(progress) {
      const reached = progress.total ? Math.floor((10 * progress.done) / progress.total) : 0;
      const since = now() - writtenAt;
      const due = since >= lineEvery || (reached > tenths && since >= lineApart);
      const isNew = progress.phase !== phase;
      if (!isNew && !due) return;
      phase = progress.phase;
      tenths = reached;
      writtenAt = now();
      stream.write(isNew ? `${phase}…\n` : `${describe(progress)}\n`);
    },
    clear: () => {},
  };
}

function describe({ phase, done, total, unit }: Progress): string {
  if (done === 0) return `${phase}…`;
  if (unit === "bytes") {
    const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
    return total
      ? `${phase}… ${percent(done, total)} of ${megabytes(total)} MB`
      : `${phase}… ${megabytes(done)} MB`;
  }
  const count = (value: number) => value.toLocaleString("en-US");
  if (!total) return `${phase}… ${count(done)} ${unit}`;
  return `${phase}… ${percent(done, total)} (${count(done)} of ${count(total)} ${unit})`;
}

function percent(done: number, total: number): string {
  return `${Math.min(100, Math.floor((100 * done) / total))} %`;
}
