import { canonicalId, type Id, type IdColumn } from "@tamis/core";

/** Builds the codes of an id column, chunk by chunk. */
export interface Dictionary {
  /** Codes the ids of the rows from `row` on. */
  add(ids: Float64Array | readonly string[], row: number): void;
  column(): IdColumn;
}

/**
 * Dictionary-encodes ids in order of first appearance. Whole numbers go through an open-addressing table of
 * typed arrays (linear probing, at most half full), so twenty million rows take no object each; texts through a
 * `Map`.
 *
 * @param rows - rows that will come.
 * @param distinct - different ids expected; the table grows when there are more.
 */
export function dictionary(rows: number, distinct: number): Dictionary {
  const codes = new Int32Array(rows);
  const ids: Id[] = [];
  const texts = new Map<string, number>();
  let size = 1024;
  while (size < 2 * distinct) size *= 2;
  let keys = new Float64Array(size);
  let slots = new Int32Array(size).fill(-1);
  let shift = 32 - Math.log2(size);

  function codeOf(id: number): number {
    const mask = slots.length - 1;
    let slot = Math.imul((id ^ (id / 4_294_967_296)) | 0, 0x9e3779b1) >>> shift;
    for (;;) {
      const code = slots[slot]!;
      if (code < 0) return insert(id, slot);
      if (keys[slot] === id) return code;
      slot = (slot + 1) & mask;
    }
  }

  function insert(id: number, slot: number): number {
    const code = ids.length;
    ids.push(id);
    keys[slot] = id;
    slots[slot] = code;
    if (2 * ids.length > slots.length) grow();
    return code;
  }

  function grow(): void {
    size *= 2;
    shift--;
    keys = new Float64Array(size);
    slots = new Int32Array(size).fill(-1);
    for (const [code, id] of ids.entries()) {
      let slot = Math.imul(((id as number) ^ ((id as number) / 4_294_967_296)) | 0, 0x9e3779b1) >>> shift;
      while (slots[slot]! >= 0) slot = (slot + 1) & (size - 1);
      keys[slot] = id as number;
      slots[slot] = code;
    }
  }

  function addTexts(values: readonly string[], row: number): void {
    for (const [index, text] of values.entries()) {
      let code = texts.get(text);
      if (code === undefined) {
        code = ids.length;
        texts.set(text, code);
        ids.push(canonicalId(text));
      }
      codes[row + index] = code;
    }
  }

  return {
    add(values, row) {
      if (!(values instanceof Float64Array)) addTexts(values, row);
      else for (let index = 0; index < values.length; index++) codes[row + index] = codeOf(values[index]!);
    },
    column: () => ({ ids, codes }),
  };
}
