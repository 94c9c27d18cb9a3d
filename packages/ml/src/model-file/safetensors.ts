import { TamisError } from "@tamis/core";
import { z } from "zod";

/** A named array of a safetensors file: its class says its type, `shape` its dimensions (row-major). */
export interface SafeTensor {
  readonly shape: readonly number[];
  readonly data: SafeTensorData;
}

type SafeTensorData = Float64Array | Float32Array | BigInt64Array | Int32Array | Uint8Array;

export interface Safetensors {
  /** `__metadata__`; written in the order of its keys. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, SafeTensor>;
}

/** The types that Tamis writes and reads; the format knows more. */
const arrayTypes = {
  F64: Float64Array,
  I64: BigInt64Array,
  F32: Float32Array,
  I32: Int32Array,
  U8: Uint8Array,
} as const;
type Dtype = keyof typeof arrayTypes;
const dtypes = Object.keys(arrayTypes) as Dtype[];

/** The longest header read, in bytes. A model's header takes some thousands. */
export const maxHeaderLength = 1_048_576;

const chunkLength = 4_194_304;

/**
 * Writes the safetensors format: 8 bytes of header length (little-endian), a JSON header padded with spaces to 8
 * bytes, then the raw little-endian arrays without gaps, widest types first so that each is aligned.
 * The same content gives the same bytes. The first chunk is the length and the header; the others are views of the
 * arrays, at most 4 MiB each.
 *
 * @source https://github.com/huggingface/safetensors, "Format"
 */
export function writeSafetensors({ metadata, tensors }: Safetensors): Uint8Array[] {
  requireLittleEndian();
  const ordered = [...tensors].sort(([a, { data: left }], [b, { data: right }]) => {
    const byType = dtypes.indexOf(dtypeOf(left)) - dtypes.indexOf(dtypeOf(right));
    return byType || (a < b ? -1 : 1);
  });
  const entries: [string, object][] = [["__metadata__", metadata]];
  let offset = 0;
  for (const [name, { shape, data }] of ordered) {
    const end = offset + data.byteLength;
    entries.push([name, { dtype: dtypeOf(data), shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  // Not through an object: it would put a name like "0" before the others.
  const members = entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  const json = new TextEncoder().encode(`{${members.join(",")}}`);
  const header = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - 8), true);
  header.set(json, 8);
  return [header, ...ordered.flatMap(([, { data }]) => [...chunksOf(data)])];
}

/**
 * Reads the safetensors format. Believes nothing: every number of the header is checked against the bytes that are
 * there before it is used. Arrays are views of `bytes` where they are aligned, copies elsewhere.
 *
 * @throws corrupt_data for a file that is cut off, a header that is too long or no JSON, offsets that overlap, leave
 * a gap or do not fit the shape; unsupported for a tensor type that Tamis does not use
 */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  requireLittleEndian();
  const headerLength = readHeaderLength(bytes);
  const header = parseHeader(bytes.subarray(8, 8 + headerLength));
  const metadata = z.record(z.string(), z.string()).safeParse(header.get("__metadata__") ?? {});
  if (!metadata.success) throw corrupt("its __metadata__ is not a list of texts");
  header.delete("__metadata__");

  const data = bytes.subarray(8 + headerLength);
  const entries = [...header].map(([name, value]) => ({ name, ...parseEntry(name, value) }));
  entries.sort((a, b) => a.start - b.start || a.end - b.end);
  const tensors = new Map<string, SafeTensor>();
  let expected = 0;
  for (const { name, dtype, shape, start, end } of entries) {
    if (start !== expected) throw corrupt(`its tensor “${name}” starts at byte ${start}, not at ${expected}`);
    if (end > data.length) {
      throw corrupt(`it ends before its tensor “${name}” does: ${data.length} bytes of data, ${end} needed`);
    }
    if (end - start !== byteLength(dtype, shape)) {
      throw corrupt(`its tensor “${name}” has ${end - start} bytes, which is not ${dtype} × (${shape})`);
    }
    tensors.set(name, { shape, data: arrayOf(dtype, data.subarray(start, end)) });
    expected = end;
  }
  if (expected !== data.length) throw corrupt(`${data.length - expected} bytes follow its last tensor`);
  return { metadata: metadata.data, tensors };
}

function dtypeOf(data: SafeTensorData): Dtype {
  return dtypes.find((dtype) => data instanceof arrayTypes[dtype])!;
}

function* chunksOf(data: SafeTensorData): Generator<Uint8Array> {
  for (let start = 0; start < data.byteLength; start += chunkLength) {
    const length = Math.min(chunkLength, data.byteLength - start);
    yield new Uint8Array(data.buffer, data.byteOffset + start, length);
  }
}

function readHeaderLength(bytes: Uint8Array): number {
  if (bytes.length < 8) throw corrupt(`it has ${bytes.length} bytes, fewer than any model`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(maxHeaderLength)) {
    throw corrupt(`its header would have ${length} bytes; at most ${maxHeaderLength} are read`);
  }
  if (Number(length) > bytes.length - 8) throw corrupt("it ends before its header does");
  return Number(length);
}

function parseHeader(bytes: Uint8Array): Map<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw corrupt("its header is not JSON", cause);
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    throw corrupt("its header is not a JSON object");
  }
  return new Map(Object.entries(header));
}

const wholeNumber = z.number().int().min(0);
const Entry = z.strictObject({
  dtype: z.string(),
  shape: z.array(wholeNumber).max(8),
  data_offsets: z.tuple([wholeNumber, wholeNumber]),
});

function parseEntry(name: string, value: unknown) {
  const entry = Entry.safeParse(value);
  if (!entry.success) throw corrupt(`its entry for the tensor “${name}” is malformed`, entry.error);
  const { dtype, shape, data_offsets } = entry.data;
  if (!Object.hasOwn(arrayTypes, dtype)) {
    throw new TamisError(
      "unsupported",
      `The tensor “${name}” is of type ${dtype}; Tamis reads ${dtypes.join(", ")}.`,
    );
  }
  return { dtype: dtype as Dtype, shape, start: data_offsets[0], end: data_offsets[1] };
}

/** Not a safe integer when the shape is absurd; then it equals no number of bytes. */
function byteLength(dtype: Dtype, shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, arrayTypes[dtype].BYTES_PER_ELEMENT);
}

function arrayOf(dtype: Dtype, bytes: Uint8Array): SafeTensorData {
  const ArrayType = arrayTypes[dtype];
  const aligned = bytes.byteOffset % ArrayType.BYTES_PER_ELEMENT === 0 ? bytes : Uint8Array.from(bytes);
  return new ArrayType(
    aligned.buffer as ArrayBuffer,
    aligned.byteOffset,
    bytes.length / ArrayType.BYTES_PER_ELEMENT,
  );
}

function requireLittleEndian(): void {
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] === 1) return;
  throw new TamisError(
    "unsupported",
    "Model files are little-endian and this machine is not; use another one.",
  );
}

function corrupt(what: string, cause?: unknown): TamisError {
  return new TamisError("corrupt_data", `The model file is damaged: ${what}.`, { cause });
}
