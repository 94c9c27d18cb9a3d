import { type Id, type Item, TamisError } from "@tamis/core";

/** Limits how many items of a group are in a list, pages together. */
export interface Cap {
  /** The groups of an item; it is refused when one of them is full. @default its genres */
  readonly groupsOf?: (item: Item) => readonly string[];
  /** At most so many of each group: 1 or more. */
  readonly most: number;
}

/** Counts the groups of a list. */
export interface CapCount {
  /** Whether an item of a full group would be one too many. */
  isOver(itemId: Id): boolean;
  add(itemId: Id): void;
}

/** Without a cap nothing is ever over it. An item that is not in `items` has no group. */
export function createCapCount(cap: Cap | undefined, items: ReadonlyMap<Id, Item> | undefined): CapCount {
  if (!cap) return { isOver: () => false, add: () => {} };
  if (!items) throw new TamisError("invalid_input", "A cap needs the groups of items: give them as `items`.");
  const { groupsOf = ({ genres }) => genres, most } = cap;
  const counts = new Map<string, number>();
  const groups = (itemId: Id) => {
    const item = items.get(itemId);
    return item ? [...new Set(groupsOf(item))] : [];
  };
  return {
    isOver: (itemId) => groups(itemId).some((group) => (counts.get(group) ?? 0) >= most),
    add(itemId) {
      for (const group of groups(itemId)) counts.set(group, (counts.get(group) ?? 0) + 1);
    },
  };
}
