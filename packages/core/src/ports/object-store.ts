/**
 * Bytes by key: a folder, or any S3. One contract suite (`@tamis/storage/testing`) proves each adapter.
 *
 * Keys are relative paths with `/`: no `..`, no empty segment, no leading `/`, no control character, at most
 * 900 bytes of UTF-8, in Unicode NFC. Every method throws `invalid_input` for another key and `aborted` when
 * its signal fires.
 */
export interface ObjectStore {
  /**
   * Stores an object, all or nothing: a reader sees the old bytes or the new ones, never a part.
   *
   * @param options.ifAbsent - when the key exists already, throw `conflict` and leave it. Default false.
   * @returns the object's size in bytes and the SHA-256 of its content, as 64 hexadecimal digits.
   * @throws no_space, conflict, unavailable
   */
  put(key: string, body: Uint8Array | AsyncIterable<Uint8Array>, options?: PutOptions): Promise<StoredObject>;
  /**
   * Reads an object as a stream of chunks, or `undefined` when there is none.
   *
   * @param options.range - first byte and number of bytes; by default the whole.
   */
  get(key: string, options?: GetOptions): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Lists objects whose key starts with `prefix`, in ascending order of key (by UTF-8 bytes). */
  list(prefix: string): AsyncIterable<ListedObject>;
  /** Removes an object; removing one that does not exist is not an error. */
  remove(key: string): Promise<void>;
  /**
   * A local file with the object's bytes, for engines that need to seek (DuckDB, Parquet). A folder store
   * gives its own file, a remote one a cached copy. Read it, never write it.
   *
   * @throws not_found
   */
  localPath(key: string): Promise<string>;
}

export interface PutOptions {
  readonly ifAbsent?: boolean;
  readonly signal?: AbortSignal;
}

export interface GetOptions {
  readonly range?: { readonly start: number; readonly length: number };
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
