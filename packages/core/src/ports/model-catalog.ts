/**
 * Which model versions exist and which ones are `champion` and `ranker`: the memory of the registry. The bytes of a model
 * are an object; this port remembers its key and digest.
 *
 * Versions of a model count 1, 2, 3… without gaps and never change once added.
 */
export interface ModelCatalog {
  /** Adds a version and returns its number. */
  add(version: NewModelVersion): Promise<ModelVersion>;
  /** A version by number or alias, `undefined` when there is none. */
  find(model: string, version: number | ModelAlias): Promise<ModelVersion | undefined>;
  /** All versions of a model, newest first. */
  list(model: string): Promise<ModelVersion[]>;
  /**
   * Points a role at a version and keeps who had it before as `previous` (of the champion) or `previous_ranker`. The
   * audit has an entry of it, `model.promote` or `model.roll_back`, in the same transaction: both or neither. Nothing
   * happens when the version has the role already.
   *
   * @param expected - who had the role when the decision was made (`null`: nobody yet).
   * @throws conflict when it is no longer `expected`; not_found when the version does not exist
   */
  promote(model: string, version: number, expected: number | null, record: PromotionRecord): Promise<void>;
  /** Tells the audit that a candidate was not promoted: `model.refuse`. */
  refuse(model: string, record: PromotionRecord): Promise<void>;
}

/** By whom and why a role was given, or not. */
export interface PromotionRecord {
  /** @default "champion" */
  readonly role?: ModelRole | undefined;
  /** Back to the version that had the role before. @default "promote" */
  readonly kind?: "promote" | "roll_back";
  /** The name of a token, `command line`, `schedule`, `program`. */
  readonly actor: string;
  /** A sentence. */
  readonly reason?: string | undefined;
  /** The training that decided. */
  readonly runId?: string | undefined;
  /** Against the verdict. @default false */
  readonly forced?: boolean;
  /** The request that asked for it. */
  readonly requestId?: string | undefined;
}

/** What a version serves for: `champion` estimates ratings best, `ranker` makes the best lists. */
export type ModelRole = "champion" | "ranker";

export type ModelAlias = ModelRole | "previous" | "previous_ranker";

export interface NewModelVersion {
  readonly model: string;
  readonly runId: string;
  readonly algorithm: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** Digest of the snapshot it was trained on. */
  readonly snapshot: string;
  readonly metrics: Readonly<Record<string, number>>;
  /** Key of the model file in the object store, with its SHA-256 (64 hexadecimal digits) and size in bytes. */
  readonly objectKey: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface ModelVersion extends NewModelVersion {
  readonly version: number;
  readonly createdAt: Date;
  readonly aliases: readonly ModelAlias[];
}
