import type { Id, Item } from "@tamis/core";

/** The title of an item, or its id when it has none. */
export function titleOf(items: ReadonlyMap<Id, Item>, itemId: Id): string {
  return items.get(itemId)?.title ?? String(itemId);
}
