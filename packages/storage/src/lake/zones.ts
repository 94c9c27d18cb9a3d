/**
 * Keys of the lake's three zones. `raw` holds the bytes as they came, by source and digest; `processed` which
 * lines of them an import accepted; `curated` the snapshots, by digest.
 */
export const zones = {
  rawFolder: (source: string) => `raw/${segment(source)}/`,
  raw: (source: string, sha256: string, file: string) => `raw/${segment(source)}/${sha256}/${segment(file)}`,
  processed: (sourceDigest: string, file: string) => `processed/ratings/${sourceDigest}/${file}`,
  curated: (snapshot: string, file: string) => `curated/ratings/${snapshot}/${file}`,
} as const;

/** A name as one segment of a key. */
function segment(name: string): string {
  const safe = name
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}._-]+/gu, "-")
    .slice(0, 100);
  return /^\.*$/.test(safe) ? `_${safe}` : safe;
}
