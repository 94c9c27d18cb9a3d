/**
 * The k most similar of the neighbours that are offered, in each of several slots.
 *
 * Only positive similarities count. Among equal ones the first offered stays, which is Surprise's rule (a stable
 * descending sort). A slot is a binary heap whose root is the one to leave next: the least similar, and among equals the last offered.
 */
export interface Nearest {
  clear(slot: number): void;
  /** @param position - where the neighbour's value is, see {@link Nearest.weigh}; grows from offer to offer */
  offer(slot: number, similarity: number, position: number): void;
  /** How many neighbours are kept: at most k. */
  count(slot: number): number;
  /** The neighbours kept, in no order. */
  kept(slot: number): { readonly similarity: number; readonly position: number }[];
  /**
   * Σ sim · value / Σ sim over the neighbours kept, `values[position]` for each, summed by position. Not a number for
   * none.
   */
  weigh(slot: number, values: Float64Array): number;
}

export function createNearest(slots: number, k: number): Nearest {
  const similarities = new Float64Array(slots * k);
  const positions = new Int32Array(slots * k);
  const counts = new Int32Array(slots);
  const order = new Int32Array(k);

  /** Whether the neighbour at `a` leaves before the one at `b`. */
  const leavesBefore = (a: number, b: number) =>
    similarities[a]! < similarities[b]! ||
    (similarities[a]! === similarities[b]! && positions[a]! > positions[b]!);

  function swap(a: number, b: number): void {
    const similarity = similarities[a]!;
    const position = positions[a]!;
    similarities[a] = similarities[b]!;
    positions[a] = positions[b]!;
    similarities[b] = similarity;
    positions[b] = position;
  }

  function sink(base: number, from: number): void {
    let node = from;
    for (;;) {
      let child = 2 * node + 1;
      if (child >= k) return;
      if (child + 1 < k && leavesBefore(base + child + 1, base + child)) child++;
      if (!leavesBefore(base + child, base + node)) return;
      swap(base + child, base + node);
      node = child;
    }
  }

  /** The places of a slot's neighbours by position, by insertion: they are few. */
  function byPosition(slot: number): Int32Array {
    const count = counts[slot]!;
    for (let n = 0; n < count; n++) {
      const place = slot * k + n;
      let at = n;
      for (; at > 0 && positions[order[at - 1]!]! > positions[place]!; at--) order[at] = order[at - 1]!;
      order[at] = place;
    }
    return order.subarray(0, count);
  }

  return {
    clear(slot) {
      counts[slot] = 0;
    },
    offer(slot, similarity, position) {
      if (!(similarity > 0)) return;
      const base = slot * k;
      const count = counts[slot]!;
      if (count < k) {
        similarities[base + count] = similarity;
        positions[base + count] = position;
        counts[slot] = count + 1;
        if (count + 1 === k) for (let node = (k >> 1) - 1; node >= 0; node--) sink(base, node);
      } else if (similarity > similarities[base]!) {
        similarities[base] = similarity;
        positions[base] = position;
        sink(base, 0);
      }
    },
    count: (slot) => counts[slot]!,
    kept(slot) {
      const places = Array.from({ length: counts[slot]! }, (_, n) => slot * k + n);
      return places.map((n) => ({ similarity: similarities[n]!, position: positions[n]! }));
    },
    weigh(slot, values) {
      let weight = 0;
      let total = 0;
      for (const n of byPosition(slot)) {
        weight += similarities[n]!;
        total += similarities[n]! * values[positions[n]!]!;
      }
      return total / weight;
    },
  };
}
