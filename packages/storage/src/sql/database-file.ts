import { closeSync, openSync, writeSync } from "node:fs";
import { chunks } from "./chunks.ts";

/** A new SQLite file, filled table after table, row by row. */
export interface DatabaseFile {
  /** What records are written into: see `addRow`. */
  readonly view: DataView;
  /** Begins the next table: `definition` is its CREATE TABLE statement; it has rowids. */
  beginTable(name: string, definition: string): void;
  /**
   * Makes room for the next record of the table: `size` bytes of `view` from the returned offset, for the caller to
   * fill before the next call. Rowids count from 1.
   *
   * @param size - at most 32,733: a record must fit a page.
   * @source https://sqlite.org/fileformat2.html#record_format
   */
  addRow(size: number): number;
  /** Writes what is left; only now the file is a database. */
  finish(): void;
  /** Closes the file, finished or not. */
  close(): void;
}

const pageSize = 32_768;
/** Pages that are written at once: 1 MiB. */
const pagesPerWrite = 32;
const leafHeader = 8;
const interiorHeader = 12;

/**
 * Makes a SQLite file by writing its pages ourselves, in a quarter of the time that SQLite takes to insert the rows;
 * SQLite reads it as any other. Nothing is flushed or locked: it is a scratch file, to be attached and thrown away.
 *
 * @throws an error of the file system
 * @source https://sqlite.org/fileformat2.html
 */
export function createDatabaseFile(path: string): DatabaseFile {
  const file = openSync(path, "wx");
  const pages = pageBuffer(file);
  const { view } = pages;
  const tables: Table[] = [];
  let leaves: Child[] = [];
  let rowid = 0;
  let start = -1; // of the page that is being filled
  let cells = 0;
  let content = 0; // cells fill a page from its end

  return {
    view,
    beginTable(name, definition) {
      endTable();
      tables.push({ name, definition, root: 0 });
      openLeaf();
    },
    addRow(size) {
      const cell = varintLength(size) + varintLength(rowid + 1) + size;
      if (content - cell < leafHeader + 2 * (cells + 1)) {
        closeLeaf();
        openLeaf();
      }
      content -= cell;
      view.setUint16(start + leafHeader + 2 * cells++, content);
      return setVarint(view, setVarint(view, start + content, size), ++rowid);
    },
    finish() {
      endTable();
      pages.flush();
      writeSync(file, firstPage(tables, pages.count()), 0, pageSize, 0);
    },
    close: () => closeSync(file),
  };

  function endTable(): void {
    const table = tables.at(-1);
    if (!table) return;
    closeLeaf();
    let level = leaves;
    while (level.length > 1) level = writeInteriors(pages, level);
    table.root = level[0]!.page;
    leaves = [];
    rowid = 0;
  }

  function openLeaf(): void {
    start = pages.next();
    cells = 0;
    content = pageSize;
  }

  function closeLeaf(): void {
    writeHeader(view, start, { kind: 13, cells, content });
    leaves.push({ page: pages.count(), lastRowid: rowid });
  }
}

interface Table {
  readonly name: string;
  readonly definition: string;
  root: number;
}

/** A page of the level below, and the highest rowid in it. */
interface Child {
  readonly page: number;
  readonly lastRowid: number;
}

/** Writes the pages above `children`: the last child of each is in its header, the others are its cells. */
function writeInteriors(pages: PageBuffer, children: readonly Child[]): Child[] {
  const { view } = pages;
  const parents: Child[] = [];
  // A cell is at most a page number, a rowid and the two bytes that point to it.
  const mostChildren = Math.floor((pageSize - interiorHeader) / (4 + 9 + 2));
  for (const family of chunks(children, mostChildren)) {
    const start = pages.next();
    const last = family.at(-1)!;
    let content = pageSize;
    for (const [index, { page, lastRowid }] of family.slice(0, -1).entries()) {
      content -= 4 + varintLength(lastRowid);
      view.setUint32(start + content, page);
      setVarint(view, start + content + 4, lastRowid);
      view.setUint16(start + interiorHeader + 2 * index, content);
    }
    writeHeader(view, start, { kind: 5, cells: family.length - 1, content });
    view.setUint32(start + 8, last.page);
    parents.push({ page: pages.count(), lastRowid: last.lastRowid });
  }
  return parents;
}

/** The file header, and the schema: a row for each table. */
function firstPage(tables: readonly Table[], pageCount: number): Buffer {
  const page = Buffer.alloc(pageSize);
  const view = new DataView(page.buffer, page.byteOffset, pageSize);
  page.write("SQLite format 3\0", "latin1");
  view.setUint16(16, pageSize);
  page.set([1, 1, 0, 64, 32, 32], 18); // rollback journal, no reserved bytes, fixed fractions
  view.setUint32(24, 1); // changes of the file
  view.setUint32(28, pageCount);
  view.setUint32(40, 1); // changes of the schema
  view.setUint32(44, 4); // format of the schema
  view.setUint32(56, 1); // UTF-8
  view.setUint32(92, 1); // changes as of the version below
  view.setUint32(96, 3_040_000);
  let content = pageSize;
  for (const [index, table] of tables.entries()) {
    const record = schemaRecord(table);
    content -= varintLength(record.length) + 1 + record.length;
    page.set(record, setVarint(view, setVarint(view, content, record.length), index + 1));
    view.setUint16(100 + leafHeader + 2 * index, content);
  }
  writeHeader(view, 100, { kind: 13, cells: tables.length, content });
  return page;
}

/** The row of a table in the schema: type, name, table, root page, definition. */
function schemaRecord({ name, definition, root }: Table): Buffer {
  const texts = ["table", name, name, definition].map((text) => Buffer.from(text));
  const types = texts.map(({ length }) => textType(length));
  types.splice(3, 0, 4); // the root page is an integer of four bytes
  const header = new DataView(new ArrayBuffer(64));
  let end = 1;
  for (const type of types) end = setVarint(header, end, type);
  header.setUint8(0, end);
  const rootPage = Buffer.alloc(4);
  rootPage.writeUInt32BE(root);
  return Buffer.concat([
    Buffer.from(header.buffer, 0, end),
    ...texts.slice(0, 3),
    rootPage,
    ...texts.slice(3),
  ]);
}

/** The beginning of a b-tree page; 5: interior, 13: leaf. */
function writeHeader(
  view: DataView,
  at: number,
  { kind, cells, content }: { kind: 5 | 13; cells: number; content: number },
): void {
  view.setUint8(at, kind);
  view.setUint16(at + 1, 0); // no free blocks
  view.setUint16(at + 3, cells);
  view.setUint16(at + 5, content);
  view.setUint8(at + 7, 0);
}

interface PageBuffer {
  readonly view: DataView;
  /** Makes room for a page and tells where in `view` it begins; former ones may leave for the file. */
  next(): number;
  /** Pages so far, the first of the file included: the number of the latest. */
  count(): number;
  flush(): void;
}

/** Pages from the second on, on their way into a file. */
function pageBuffer(file: number): PageBuffer {
  const bytes = Buffer.alloc(pagesPerWrite * pageSize);
  let count = 1;
  let waiting = 0;
  const flush = () => {
    writeSync(file, bytes, 0, waiting * pageSize, (count - waiting) * pageSize);
    waiting = 0;
  };
  return {
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
    next() {
      if (waiting === pagesPerWrite) flush();
      count++;
      return pageSize * waiting++;
    },
    count: () => count,
    flush,
  };
}

/** What the header of a record calls a text of so many bytes. */
export function textType(bytes: number): number {
  return 13 + 2 * bytes;
}

/** Bytes of a whole number ≥ 0 in SQLite's variable length. */
export function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length++;
  return length;
}

/** Writes a whole number in SQLite's variable length: 7 bits a byte, the highest first; returns where it ends. */
export function setVarint(view: DataView, at: number, value: number): number {
  const end = at + varintLength(value);
  view.setUint8(end - 1, value % 128);
  for (
    let byte = end - 2, rest = Math.floor(value / 128);
    byte >= at;
    byte--, rest = Math.floor(rest / 128)
  ) {
    view.setUint8(byte, 128 + (rest % 128));
  }
  return end;
}
