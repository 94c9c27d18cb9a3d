import { isTamisError, TamisError } from "@tamis/core";
import { z } from "zod";
import manifest from "../../package.json" with { type: "json" };
import type { DefinedRecommender } from "../define-recommender.ts";
import type { Model, ModelTensors, Tensor } from "../recommender.ts";
import { type ColdStart, restoreColdStart } from "../recommenders/cold-start.ts";
import { restoreModel } from "../recommenders.ts";
import type { ModelHeader } from "../scorer.ts";
import { isIdTensor, readIds, writeIds } from "./id-tensors.ts";
import { readSafetensors, type SafeTensor, writeSafetensors } from "./safetensors.ts";
import { checkSeal, seal, unsealed } from "./seal.ts";

/** What a file can hold: a {@link Model}, or anything else made of a header and tensors. */
export interface Storable extends ModelHeader {
  tensors(): ModelTensors;
}

/** What a model file says beside the model. */
export interface ModelFileMetadata {
  /** Digest of the snapshot it was trained on; absent when it was not a snapshot. */
  readonly snapshot?: string;
  /** How good it was when it was measured: `rmse`, `mae`, `folds`… */
  readonly metrics: Readonly<Record<string, number>>;
  /** SHA-256 of the cold-start file that belongs to it. */
  readonly coldStart?: string;
}

/** A model file taken apart, before anybody made a model of it. */
export interface StoredModel {
  readonly header: ModelHeader;
  readonly tensors: ModelTensors;
  readonly metadata: ModelFileMetadata;
  /** Version of `@tamis/ml` that wrote it. */
  readonly libraryVersion: string;
}

const formatVersion = 1;

/**
 * Writes a model as a safetensors file, in chunks: its arrays by their names, its ids (see `id-tensors.ts`), and in
 * the metadata, all texts: `sha256` (see `seal.ts`), `format` `tamis-model`, `format_version`, `library_version`,
 * `algorithm`, `options` (JSON), `seed`, `scale` (JSON `[min, max]`), `metrics` (JSON), and `snapshot` and `cold_start`
 * when they are known. The same model and metadata give the same bytes.
 *
 * @throws analysis when the model holds a number that is not finite; invalid_input when one of its arrays has a
 * name that ids use, or an id cannot be stored
 */
export async function* writeModelFile(
  model: Storable,
  metadata: ModelFileMetadata,
): AsyncGenerator<Uint8Array> {
  const { users, items, arrays } = model.tensors();
  for (const [name, { data }] of Object.entries(arrays)) checkArray(model.algorithm, name, data);
  const chunks = writeSafetensors({
    metadata: {
      ...unsealed,
      format: "tamis-model",
      format_version: String(formatVersion),
      library_version: manifest.version,
      algorithm: model.algorithm,
      options: JSON.stringify(model.options),
      seed: String(model.seed),
      scale: JSON.stringify([model.scale.min, model.scale.max]),
      metrics: JSON.stringify(metadata.metrics),
      ...(metadata.snapshot !== undefined && { snapshot: metadata.snapshot }),
      ...(metadata.coldStart !== undefined && { cold_start: metadata.coldStart }),
    },
    tensors: new Map<string, SafeTensor>([
      ...Object.entries(arrays),
      ...writeIds("user", users),
      ...writeIds("item", items),
    ]),
  });
  seal(chunks);
  yield* chunks;
}

/**
 * Reads a model file: its predictions are those of the model that was written, bit for bit.
 *
 * @param recommenders - those of {@link defineRecommender} whose models may be in the file
 * @throws corrupt_data when the file is cut off, altered or does not hold what its algorithm needs; unsupported
 * when another program wrote it, a newer Tamis did, or the algorithm is not known here
 */
export function readModelFile(
  bytes: Uint8Array,
  recommenders: readonly DefinedRecommender[] = [],
  vouching?: Vouching,
): { model: Model; metadata: ModelFileMetadata } {
  const stored = readStoredModel(bytes, vouching);
  const defined = recommenders.find(({ algorithm }) => algorithm === stored.header.algorithm);
  return { model: restore(stored, defined?.restore ?? restoreModel), metadata: stored.metadata };
}

/**
 * Reads the file of a cold start.
 *
 * @throws corrupt_data, unsupported as {@link readModelFile}
 */
export function readColdStartFile(bytes: Uint8Array, vouching?: Vouching): ColdStart {
  return restore(readStoredModel(bytes, vouching), restoreColdStart);
}

export interface Vouching {
  /**
   * Whether the bytes were compared with a digest that was kept elsewhere when they were written. Then they need not be
   * walked through once more, for the seal and for numbers that are not finite, which writing has refused.
   *
   * @default false
   */
  readonly isCompared?: boolean;
}

/**
 * Reads a model file without making a model of it.
 *
 * @throws corrupt_data, unsupported as {@link readModelFile}
 */
export function readStoredModel(bytes: Uint8Array, { isCompared = false }: Vouching = {}): StoredModel {
  // First what the format says, for it says what is wrong; the seal then vouches for every byte.
  const { metadata: texts, tensors } = readSafetensors(bytes);
  if (!isCompared) checkSeal(bytes);
  const { format, format_version } = texts;
  if (format !== "tamis-model" || format_version !== String(formatVersion)) {
    throw new TamisError(
      "unsupported",
      `The model file is “${format}” version ${format_version}; this Tamis reads “tamis-model” version ${formatVersion}. ` +
        "Update Tamis, or train again.",
    );
  }
  const facts = Facts.safeParse(texts);
  if (!facts.success) {
    const issue = facts.error.issues[0]!;
    throw damaged(`its metadata “${issue.path.join(".")}” is wrong: ${issue.message}`, facts.error);
  }
  const { algorithm, options, seed, scale, metrics, snapshot, cold_start, library_version } = facts.data;
  return {
    header: { algorithm, options, seed, scale: { min: scale[0], max: scale[1] } },
    tensors: {
      users: readIds("user", tensors),
      items: readIds("item", tensors),
      arrays: readArrays(tensors, isCompared),
    },
    metadata: { metrics, ...(snapshot && { snapshot }), ...(cold_start && { coldStart: cold_start }) },
    libraryVersion: library_version,
  };
}

/** Options that the algorithm refuses are not the reader's mistake: another version of Tamis wrote them. */
function restore<Restored>(
  { header, tensors, libraryVersion }: StoredModel,
  make: (header: ModelHeader, tensors: ModelTensors) => Restored,
): Restored {
  try {
    return make(header, tensors);
  } catch (cause) {
    if (!isTamisError(cause) || cause.code !== "invalid_input") throw cause;
    throw new TamisError(
      "unsupported",
      `The model file was written by version ${libraryVersion} with options that this one (${manifest.version}) does ` +
        `not take: ${cause.message} Use that version, or train again.`,
      { cause },
    );
  }
}

function checkArray(algorithm: string, name: string, data: Tensor["data"]): void {
  if (isIdTensor(name)) {
    throw new TamisError(
      "invalid_input",
      `${algorithm}: no array may be named “${name}”; ids have that name.`,
    );
  }
  if (!allFinite(data)) {
    throw new TamisError(
      "analysis",
      `${algorithm}: the model's “${name}” holds a number that is not finite; fit it with other options.`,
    );
  }
}

function readArrays(tensors: ReadonlyMap<string, SafeTensor>, isCompared: boolean): Record<string, Tensor> {
  const arrays: [string, Tensor][] = [];
  for (const [name, { shape, data }] of tensors) {
    if (isIdTensor(name)) continue;
    if (data instanceof BigInt64Array || data instanceof Uint8Array) {
      throw damaged(`its tensor “${name}” is of a type that only ids have`);
    }
    if (!isCompared && !allFinite(data))
      throw damaged(`its tensor “${name}” holds a number that is not finite`);
    arrays.push([name, { shape, data }]);
  }
  return Object.fromEntries(arrays);
}

function allFinite(data: Tensor["data"]): boolean {
  if (data instanceof Int32Array) return true;
  for (let index = 0; index < data.length; index++) if (!Number.isFinite(data[index]!)) return false;
  return true;
}

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue("not JSON");
    return z.NEVER;
  }
});

const Facts = z.object({
  library_version: z.string(),
  algorithm: z.string(),
  options: json.pipe(z.record(z.string(), z.unknown())),
  seed: json.pipe(z.number()),
  scale: json.pipe(
    z.tuple([z.number(), z.number()]).refine(([min, max]) => min < max, "a scale needs min < max"),
  ),
  metrics: json.pipe(z.record(z.string(), z.number())),
  snapshot: z.string().optional(),
  cold_start: z.string().optional(),
});

function damaged(what: string, cause?: unknown): TamisError {
  return new TamisError("corrupt_data", `The model file is damaged: ${what}.`, { cause });
}
