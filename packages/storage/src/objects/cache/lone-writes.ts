/** A write that is going on. */
export interface LoneWrite {
  /** Whether no other write of its key has been going on beside it. */
  isAlone(): boolean;
  end(): void;
}

/** Watches writes by their keys: of two at the same time nobody here knows which one the store kept. */
export function loneWrites(): { begin(key: string): LoneWrite } {
  const going = new Map<string, { count: number; alone: boolean }>();
  return {
    begin(key) {
      const writes = going.get(key) ?? { count: 0, alone: true };
      writes.count++;
      if (writes.count > 1) writes.alone = false;
      going.set(key, writes);
      return {
        isAlone: () => writes.alone,
        end() {
          writes.count--;
          if (writes.count === 0) going.delete(key);
        },
      };
    },
  };
}
