import { type Id, Id as IdSchema, type Item, TamisError } from "@tamis/core";
import type { LoadedVersion } from "@tamis/ml";
import type { Context } from "./context.ts";
import { modelName } from "./model-document.ts";

/** @throws not_found when no model was promoted yet */
export async function loadChampionOf(context: Context): Promise<LoadedVersion> {
  const { loadChampion } = await import("@tamis/ml");
  const { modelCatalog } = await import("@tamis/storage");
  const { records, objects } = await context.tamis();
  const champion = await loadChampion({ objects, catalog: modelCatalog(records) }, modelName);
  if (champion) return champion;
  throw new TamisError("not_found", "There is no model yet. Train one with: tamis train");
}

/** The title of an item, or its id when it has none. */
export function titleOf(items: ReadonlyMap<Id, Item>, itemId: Id): string {
  return items.get(itemId)?.title ?? String(itemId);
}

/** Parser of an id. @throws Error saying what is wrong with it */
export function parseId(input: string): Id {
  const parsed = IdSchema.safeParse(input);
  if (!parsed.success) throw new Error(`${parsed.error.issues[0]?.message}.`);
  return parsed.data;
}
