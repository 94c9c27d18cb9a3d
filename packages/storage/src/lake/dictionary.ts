import { canonicalId, type Id } from "@tamis/core";

/** Numbers ids in order of first appearance, from 0. */
export interface Dictionary {
  /** The code of an id; a text and the whole number it writes are two ids here. */
  code(id: number | string): number;
  /** The ids by their code, in canonical form. */
  readonly ids: readonly Id[];
}

/** Ids below it are looked up by themselves; a table of them takes at most 8 MiB. */
const mostDirect = 2 ** 21;

/**
 * Dictionary-encodes ids. Small whole numbers are looked up in a table by themselves, others in an open-addressing
 * table of typed arrays (linear probing, at most half full), so twenty million rows take no object each; texts in a
 * `Map`.
 *
 * @param distinct - different ids expected; the table grows when there are more.
 */
export function dictionary(distinct = 512): Dictionary {
  const ids: Id[] = [];
  const texts = new Map<string, number>();
  let size = 1024;
  while (size < 2 * distinct) size *= 2;
  let keys = new Float64Array(size);
  let slots = new Int32Array(size).fill(-1);
  let shift = 32 - Math.log2(size);
  let direct = new Int32Array(1024).fill(-1);
  let last: number | string = "";
  let lastCode = -1;

  function codeOfNumber(id: number): number {
    if (!(id >= 0 && id < mostDirect)) return codeOfLarge(id);
    if (id >= direct.length) direct = widened(direct, id);
    const code = direct[id]!;
    if (code >= 0) return code;
    ids.push(id);
    direct[id] = ids.length - 1;
    return ids.length - 1;
  }

  function codeOfLarge(id: number): number {
    const mask = slots.length - 1;
    for (let slot = slotOf(id); ; slot = (slot + 1) & mask) {
      const code = slots[slot]!;
      if (code < 0) return insert(id, slot);
      if (keys[slot] === id) return code;
    }
  }

  function slotOf(id: number): number {
    return Math.imul((id ^ (id / 4_294_967_296)) | 0, 0x9e3779b1) >>> shift;
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
    const [formerKeys, formerSlots] = [keys, slots];
    keys = new Float64Array(size);
    slots = new Int32Array(size).fill(-1);
    for (const [former, code] of formerSlots.entries()) {
      if (code < 0) continue;
      let slot = slotOf(formerKeys[former]!);
      while (slots[slot]! >= 0) slot = (slot + 1) & (size - 1);
      keys[slot] = formerKeys[former]!;
      slots[slot] = code;
    }
  }

  function codeOfText(text: string): number {
    const known = texts.get(text);
    if (known !== undefined) return known;
    const code = ids.length;
    texts.set(text, code);
    ids.push(canonicalId(text));
    return code;
  }

  return {
    code(id) {
      // Most sources are sorted by user: look each one up once.
      if (id === last) return lastCode;
      last = id;
      lastCode = typeof id === "number" ? codeOfNumber(id) : codeOfText(id);
      return lastCode;
    },
    ids,
  };
}

function widened(codes: Int32Array<ArrayBuffer>, id: number): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(2 ** (1 + Math.floor(Math.log2(id)))).fill(-1);
  wider.set(codes);
  return wider;
}
