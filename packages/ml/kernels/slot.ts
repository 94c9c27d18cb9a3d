/** Claims a scratch slot: the lowest bit of the mask at `mask` that is free. At most 32 threads may compete. */
export function claimSlot(mask: usize): u32 {
  let taken: u32, slot: u32;
  do {
    taken = atomic.load<u32>(mask);
    slot = ctz(~taken);
  } while (atomic.cmpxchg<u32>(mask, taken, taken | (1 << slot)) != taken);
  return slot;
}

export function releaseSlot(mask: usize, slot: u32): void {
  atomic.and<u32>(mask, ~(1 << slot));
}
