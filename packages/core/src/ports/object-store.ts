/**
 * Bytes by key: a folder, or any S3. One contract suite (`@tamis/storage/testing`) proves each adapter.
 *
 * Keys are relative paths with `/`: no `..`, no empty segment, no leading `/`, no control character, at most
 * 900 bytes of UTF-8, in Unicode NFC. Every method throws `invalid_input` for another key and `aborted` when
 * its signal fires. A store far away also throws `unavailable` and `timeout` (after its own retries),
 * `unauthenticated`, `forbidden`, and `not_found` when its bucket does not exist.
 */
export interface ObjectStore {
  /**
   * Stores an object, all or nothing: a reader sees the old bytes or the new ones, never a part.
   *
   * @param options.ifAbsent - when the key exists already, throw `conflict` and leave it. Default false.
   * @param options.sha256 - the digest of the body when it is known before; another body is not stored. A remote
   * store sends a long stream without keeping it on the disk first when it knows the digest.
   * @returns the object's size in bytes and the SHA-256 of its content, as 64 hexadecimal digits.
   * @throws no_space, conflict, unavailable; corrupt_data when the body is not what `sha256` says; unsupported
   * for `ifAbsent` where {@link ObjectStoreCapabilities} has it off
   */
  put(key: string, body: Uint8Array | AsyncIterable<Uint8Array>, options?: PutOptions): Promise<StoredObject>;
  /**
   * Reads an object as a stream of chunks, or `undefined` when there is none.
   *
   * @param options.range - first byte and number of bytes; by default the whole.
   * @throws corrupt_data at the end of the whole, where the store keeps a checksum and the bytes differ
   */
  get(key: string, options?: GetOptions): Promise<AsyncIterable<Uint8Array> | undefined>;
  /**
   * Lists objects whose key starts with `prefix`, in ascending order of key (by UTF-8 bytes), reading them page
   * by page as they are asked for.
   *
   * @param options.after - begin behind this key: the last of the page before.
   */
  list(prefix: string, options?: ListOptions): AsyncIterable<ListedObject>;
  /** Removes an object; removing one that does not exist is not an error. */
  remove(key: string): Promise<void>;
  /** What this store can do that not every store can; found out at the first call, then remembered. */
  capabilities(): Promise<ObjectStoreCapabilities>;
}

/** An {@link ObjectStore} that exchanges objects for files, for engines that need to seek (DuckDB, Parquet). */
export interface LocalObjectStore extends ObjectStore {
  /**
   * A local file with the object's bytes: a folder store gives its own file, a remote one a cached copy. Read it
   * soon, never write it.
   *
   * @throws not_found, no_space
   */
  localPath(key: string): Promise<string>;
  /**
   * Stores a file as `put` does; a folder on the same disk does not copy it, but gives it one more name. Never write
   * the file again.
   *
   * @param options.sha256 - the digest of the file, which its maker has taken; a folder does not take it again.
   * @throws no_space, unavailable
   */
  putFile(key: string, path: string, options: PutFileOptions): Promise<StoredObject>;
}

export interface ObjectStoreCapabilities {
  /** `put` with `ifAbsent` lets exactly one of many writers in. */
  readonly ifAbsent: boolean;
}

export interface PutOptions {
  readonly ifAbsent?: boolean;
  readonly sha256?: string;
  readonly signal?: AbortSignal;
}

export interface PutFileOptions {
  readonly sha256: string;
  readonly signal?: AbortSignal | undefined;
}

export interface GetOptions {
  readonly range?: { readonly start: number; readonly length: number };
  readonly signal?: AbortSignal;
}

export interface ListOptions {
  readonly after?: string;
  readonly signal?: AbortSignal;
}

export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface ListedObject {
  readonly key: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
}
