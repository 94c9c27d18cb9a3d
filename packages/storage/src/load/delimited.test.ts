import { createRandom } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { type DelimitedOptions, type DelimitedProblem, delimitedReader } from "./delimited.ts";
import { fieldText, recordText } from "./delimited-batch.ts";

type Row = [line: number, ...cells: string[]];

/** Reads a text in chunks of the given sizes, over and over. */
function read(text: string | Buffer, options: DelimitedOptions, sizes: readonly number[] = [1 << 20]) {
  const rows: Row[] = [];
  const raws: string[] = [];
  const problems: DelimitedProblem[] = [];
  const reader = delimitedReader(options, {
    onBatch(batch) {
      for (let row = 0; row < batch.rows; row++) {
        const cells: string[] = [];
        for (let f = batch.firstField[row]!; f < batch.firstField[row + 1]!; f++)
          cells.push(fieldText(batch, f));
        rows.push([batch.lines[row]!, ...cells]);
        raws.push(recordText(batch, row));
      }
    },
    onProblem: (problem) => problems.push(problem),
  });
  const bytes = Buffer.from(text as string);
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    reader.push(bytes.subarray(at, at + size));
    at += size;
  }
  reader.end();
  return { rows, raws, problems };
}

const csv = { separator: ",", quoting: true } as const;

describe("delimitedReader", () => {
  it("takes LF, CR LF and a last line without an end, and counts blank lines", () => {
    const { rows } = read("1,2,3\r\n4,5,6\n\n\r\n7,8,9", csv);
    expect(rows).toEqual([
      [1, "1", "2", "3"],
      [2, "4", "5", "6"],
      [5, "7", "8", "9"],
    ]);
  });

  it("passes over a byte order mark", () => {
    expect(read("\uFEFFa,b\n", csv).rows).toEqual([[1, "a", "b"]]);
  });

  it("undoes RFC 4180 quotes, with separators and line ends inside", () => {
    const { rows, raws } = read('1,"a,b",2\n2,"say ""no""",3\n3,"two\r\nlines",4\n4,mid"quote,5\n', csv);
    expect(rows).toEqual([
      [1, "1", "a,b", "2"],
      [2, "2", 'say "no"', "3"],
      [3, "3", "two\r\nlines", "4"],
      [5, "4", 'mid"quote', "5"],
    ]);
    expect(raws[1]).toBe('2,"say ""no""",3');
  });

  it("splits at a separator of several bytes, from the left", () => {
    expect(read("1::2:3::4\n1:::2\n", { separator: "::" }).rows).toEqual([
      [1, "1", "2:3", "4"],
      [2, "1", ":2"],
    ]);
  });

  it("refuses one line for an unclosed quote and goes on with the next", () => {
    for (const sizes of [[1], [7], [1 << 20]]) {
      const { rows, problems } = read('1,2\n2,"open\n3,4\n5,6\n', { ...csv, maxLineLength: 1000 }, sizes);
      expect(rows.map(([line]) => line)).toEqual([1, 3, 4]);
      expect(problems).toMatchObject([{ line: 2, reason: "unclosed_quote", raw: '2,"open' }]);
    }
  });

  it("refuses text behind a closing quote, that line only", () => {
    const { rows, problems } = read('1,"a"b,2\n3,"x\ny,"z\n4,5,6\n', csv);
    expect(problems.map(({ line, reason }) => [line, reason])).toEqual([
      [1, "unclosed_quote"],
      [2, "unclosed_quote"],
      [3, "unclosed_quote"],
    ]);
    expect(rows).toEqual([[4, "4", "5", "6"]]);
  });

  it("finds the way out of an unclosed quote far from the end, within the longest line", () => {
    const lines = Array.from({ length: 5000 }, (_, i) => `${i},x`);
    lines[10] = '10,"';
    const { rows, problems } = read(lines.join("\n"), { ...csv, maxLineLength: 500 });
    expect(problems).toMatchObject([{ line: 11, reason: "unclosed_quote" }]);
    expect(rows).toHaveLength(4999);
  });

  it("refuses NUL bytes and invalid UTF-8 by line, and reads latin-1 when told to", () => {
    const bytes = Buffer.from("1,a\n2,\0\n3,é\n4,Z\n");
    bytes[bytes.length - 2] = 0xe9;
    expect(read(bytes, csv).problems.map(({ line, reason }) => [line, reason])).toEqual([
      [2, "nul_byte"],
      [4, "invalid_encoding"],
    ]);
    expect(read(bytes, { ...csv, encoding: "latin1" }).rows.at(-1)).toEqual([4, "4", "é"]);
  });

  it("refuses a line that is too long, keeps its beginning and its place, and goes on", () => {
    const text = `1,2\n3,${"x".repeat(5000)}\n4,5\n6,${"y".repeat(200)}\n7,8`;
    for (const sizes of [[1], [64], [1 << 20]]) {
      const { rows, problems } = read(text, { ...csv, maxLineLength: 100 }, sizes);
      expect(rows).toEqual([
        [1, "1", "2"],
        [3, "4", "5"],
        [5, "7", "8"],
      ]);
      expect(problems.map(({ line, reason }) => [line, reason])).toEqual([
        [2, "line_too_long"],
        [4, "line_too_long"],
      ]);
      expect(problems[0]!.raw).toMatch(/^3,x{80,998}$/);
    }
  });

  it("has room for a record of very many fields", () => {
    const { rows } = read(`1,2\n${",".repeat(200_000)}\n3,4\n`, csv);
    expect(rows.map((row) => row.length - 1)).toEqual([2, 200_001, 2]);
  });

  it("reads the same whatever the chunks, and the same as a naive reader", () => {
    const random = createRandom(7);
    for (let round = 0; round < 150; round++) {
      const { text, options } = randomFile(random);
      const whole = read(text, options);
      expect(whole.problems).toEqual([]);
      expect(whole.rows).toEqual(naive(text, options.separator, options.quoting));
      const sizes = Array.from({ length: 5 }, () => 1 + random.integer(9));
      expect(read(text, { ...options, maxLineLength: 400 }, sizes)).toEqual(whole);
    }
  });
});

type Random = ReturnType<typeof createRandom>;

function randomFile(random: Random): { text: string; options: { separator: string; quoting: boolean } } {
  const separator = [",", "\t", "::", ";", "|"][random.integer(5)]!;
  const quoting = random.integer(2) === 1;
  const letters = ["a", "é", "7", " ", ".", "漢", "", "-"];
  const plain = () => Array.from({ length: random.integer(5) }, () => letters[random.integer(8)]).join("");
  const cell = () => {
    if (!quoting || random.integer(3) > 0) return plain();
    const inner = [plain(), separator, "\n", '""', "\r\n", plain()];
    return `"${inner.slice(random.integer(6)).join("")}"`;
  };
  const line = () => Array.from({ length: 1 + random.integer(5) }, cell).join(separator);
  const lines = Array.from({ length: random.integer(150) }, line);
  const end = () => (random.integer(2) === 1 ? "\r\n" : "\n");
  const text = lines
    .map((each, i) => each + (i + 1 < lines.length || random.integer(2) ? end() : ""))
    .join("");
  return { text, options: { separator, quoting } };
}

/** The slow and obvious way, character by character over the whole text. */
function naive(text: string, separator: string, quoting: boolean): Row[] {
  const rows: Row[] = [];
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const [start, startLine] = [at, line];
    const cells: string[] = [];
    for (;;) {
      let cell = "";
      if (quoting && text[at] === '"') {
        for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
          if (text[at] === '"') at++;
          if (text[at] === "\n") line++;
          cell += text[at];
        }
        at++;
      } else {
        while (at < text.length && text[at] !== "\n" && !text.startsWith(separator, at)) cell += text[at++];
        if ((text[at] === "\n" || at === text.length) && cell.endsWith("\r")) cell = cell.slice(0, -1);
      }
      cells.push(cell);
      if (!text.startsWith(separator, at)) break;
      at += separator.length;
    }
    if (text[at] === "\r") at++;
    const blank = /^\r?$/.test(text.slice(start, at));
    at++;
    line++;
    if (!blank) rows.push([startLine, ...cells]);
  }
  return rows;
}
