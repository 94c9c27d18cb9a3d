import type { Id, Item } from "@tamis/core";
import type { Recommendation, RecommendRequest } from "@tamis/ml";
import type { Context } from "./context.ts";
import { modelName } from "./model-document.ts";

export interface UserRecommendations {
  readonly userId: Id;
  /** `null` when there is no champion yet: the popular films of the current snapshot. */
  readonly modelVersion: number | null;
  /** The model does not know the user. */
  readonly coldStart: boolean;
  readonly recommendations: readonly (Recommendation & { readonly title: string })[];
}

/**
 * The `n` best items the user has not rated, from the champion; without one, from what is popular in the current
 * snapshot.
 *
 * @param more - see {@link RecommendRequest}
 * @throws not_found when nothing was imported yet
 */
export async function recommendToUser(
  context: Context,
  userId: Id,
  n: number,
  more: Pick<RecommendRequest, "rules" | "exclude" | "shown"> = {},
): Promise<UserRecommendations> {
  const { coldStart, loadChampion, recommend } = await import("@tamis/ml");
  const { allItems, modelCatalog, ratingsOfUser, readSnapshot } = await import("@tamis/storage");
  const tamis = await context.tamis();
  const { records, objects } = tamis;
  const items = new Map<Id, Item>((await allItems(records)).map((item) => [item.itemId, item]));
  const champion = await loadChampion({ objects, catalog: modelCatalog(records) }, modelName);
  const fallback =
    champion?.coldStart ?? coldStart((await readSnapshot(tamis, "current")).table, items.values());
  const history = await ratingsOfUser(records, userId);
  const found = recommend({
    model: champion?.model,
    coldStart: fallback,
    userId,
    history,
    n,
    items,
    ...more,
  });
  return {
    userId,
    modelVersion: champion?.version.version ?? null,
    coldStart: !champion?.model.knowsUser(userId),
    recommendations: found.map((each) => ({
      ...each,
      title: items.get(each.itemId)?.title ?? String(each.itemId),
    })),
  };
}
