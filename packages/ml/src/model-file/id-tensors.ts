import { canonicalId, type Id, TamisError } from "@tamis/core";
import type { SafeTensor } from "./safetensors.ts";

/**
 * Stores ids as tensors. Whole numbers only: `NAME_ids`, I64, shape (ids). Else, as texts: `NAME_ids_text`, U8, the
 * UTF-8 bytes of all ids one after the other, and `NAME_ids_offsets`, I64, shape (ids + 1), where each begins and the
 * last ends; a number is then its decimal digits.
 *
 * @throws invalid_input for a text that UTF-8 cannot hold (half a surrogate pair)
 */
export function writeIds(name: string, ids: readonly Id[]): [string, SafeTensor][] {
  if (ids.every((id) => typeof id === "number")) {
    const data = BigInt64Array.from(ids, (id) => BigInt(id));
    return [[`${name}_ids`, { shape: [ids.length], data }]];
  }
  const encoder = new TextEncoder();
  const texts = ids.map((id) => encoder.encode(checkText(String(id))));
  const offsets = new BigInt64Array(ids.length + 1);
  let end = 0;
  for (const [index, text] of texts.entries()) {
    end += text.length;
    offsets[index + 1] = BigInt(end);
  }
  const data = new Uint8Array(end);
  for (const [index, text] of texts.entries()) data.set(text, Number(offsets[index]!));
  return [
    [`${name}_ids_text`, { shape: [end], data }],
    [`${name}_ids_offsets`, { shape: [offsets.length], data: offsets }],
  ];
}

/**
 * Reads what {@link writeIds} wrote.
 *
 * @throws corrupt_data when a tensor is missing, of another type, or its offsets or texts make no sense
 */
export function readIds(name: string, tensors: ReadonlyMap<string, SafeTensor>): Id[] {
  const numbers = tensors.get(`${name}_ids`)?.data;
  if (numbers instanceof BigInt64Array) return Array.from(numbers, Number);
  const text = tensors.get(`${name}_ids_text`)?.data;
  const offsets = tensors.get(`${name}_ids_offsets`)?.data;
  if (!(text instanceof Uint8Array && offsets instanceof BigInt64Array && offsets.length > 0)) {
    throw corrupt(name, "are missing or of the wrong type");
  }
  const ids: Id[] = [];
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let start = 0;
  for (const offset of offsets.subarray(1)) {
    const end = Number(offset);
    if (!(start <= end && end <= text.length)) throw corrupt(name, "have offsets that do not ascend");
    try {
      ids.push(canonicalId(decoder.decode(text.subarray(start, end))));
    } catch (cause) {
      throw corrupt(name, "are not UTF-8", cause);
    }
    start = end;
  }
  if (offsets[0] !== 0n || start !== text.length) throw corrupt(name, "have offsets that leave bytes out");
  return ids;
}

/** The tensors that hold ids, and so cannot be a model's own. */
export function isIdTensor(name: string): boolean {
  return /^(?:user|item)_ids(?:_text|_offsets)?$/.test(name);
}

function checkText(id: string): string {
  if (!/\p{Surrogate}/u.test(id)) return id;
  throw new TamisError(
    "invalid_input",
    `The id ${JSON.stringify(id)} holds half a surrogate pair; no file can store it.`,
  );
}

function corrupt(name: string, what: string, cause?: unknown): TamisError {
  return new TamisError("corrupt_data", `The model file is damaged: its ${name} ids ${what}.`, { cause });
}
