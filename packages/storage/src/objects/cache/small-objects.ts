import { readFile } from "node:fs/promises";
import type { CacheEntry } from "./cache-folder.ts";

/** Objects up to this size are also kept in memory, in bytes. */
const maxObjectBytes = 8_388_608;
const maxTotalBytes = 67_108_864;

/** An object in memory. */
export interface SmallObject {
  readonly bytes: Uint8Array;
  readonly fetchedAt: number;
}

/** Small objects in memory; the one that was used longest ago leaves first. */
export function smallObjects(): {
  find(key: string): SmallObject | undefined;
  keep(key: string, entry: CacheEntry): Promise<void>;
  forget(key: string): void;
} {
  const kept = new Map<string, SmallObject>();
  let total = 0;
  const forget = (key: string) => {
    total -= kept.get(key)?.bytes.byteLength ?? 0;
    kept.delete(key);
  };
  const add = (key: string, object: SmallObject) => {
    forget(key);
    kept.set(key, object);
    total += object.bytes.byteLength;
    while (total > maxTotalBytes) forget(kept.keys().next().value as string);
  };
  return {
    find(key) {
      const found = kept.get(key);
      if (found) add(key, found);
      return found;
    },
    async keep(key, { path, bytes, fetchedAt }) {
      if (bytes > maxObjectBytes) return;
      // Another process may have thrown the copy out.
      const content = await readFile(path).catch(() => undefined);
      if (content) add(key, { bytes: content, fetchedAt });
    },
    forget,
  };
}
