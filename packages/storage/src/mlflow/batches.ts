/** The largest body of a batch, in bytes of JSON; MLflow takes 1 MB with what stands around the items. */
const maxBytes = 900_000;

/** Deals items out to batches that hold at most `most` of them and 900 kB of JSON, in their order. */
export function batches<Item>(items: readonly Item[], most: number): Item[][] {
  const dealt: Item[][] = [];
  let bytes = maxBytes;
  for (const item of items) {
    const own = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (bytes + own > maxBytes || dealt.at(-1)!.length === most) {
      dealt.push([]);
      bytes = 0;
    }
    dealt.at(-1)!.push(item);
    bytes += own;
  }
  return dealt;
}
