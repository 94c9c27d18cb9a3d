import type { Id, Item } from "@tamis/core";
import type { ColdStart, Model, Recommendations, RecommendRequest } from "@tamis/ml";
import type { Context } from "./context.ts";
import { findModel, type VersionName } from "./load-model.ts";

export interface UserRecommendations extends Recommendations {
  readonly userId: Id;
  /** `null` when there is no model yet: the popular films of the current snapshot. */
  readonly modelVersion: number | null;
  /** The model does not know the user. */
  readonly coldStart: boolean;
}

/** What lists are made with. */
export interface ListMaker {
  readonly model: Model | undefined;
  readonly modelVersion: number | null;
  readonly coldStart: ColdStart;
  readonly items: ReadonlyMap<Id, Item>;
}

/**
 * The `n` best items the user has not rated, from the model that makes the lists; without one, from what is popular in
 * the current snapshot.
 *
 * @param more - see {@link RecommendRequest}; `asked`: another version
 * @throws not_found when nothing was imported yet
 */
export async function recommendToUser(
  context: Context,
  userId: Id,
  n: number,
  { asked, ...more }: Pick<RecommendRequest, "rules" | "exclude" | "shown"> & { asked?: VersionName } = {},
): Promise<UserRecommendations> {
  const { recommend } = await import("@tamis/ml");
  const { ratingsOfUser } = await import("@tamis/storage");
  const { modelVersion, ...maker } = await loadListMaker(context, asked);
  const history = await ratingsOfUser((await context.tamis()).records, userId);
  return {
    ...recommend({ ...maker, userId, history, n, ...more }),
    userId,
    modelVersion,
    coldStart: !maker.model?.knowsUser(userId),
  };
}

/** @throws not_found when there is neither a model nor data, or not the version that was asked for */
export async function loadListMaker(context: Context, asked: VersionName | undefined): Promise<ListMaker> {
  const { coldStart, loadVersion } = await import("@tamis/ml");
  const { allItems, readSnapshot } = await import("@tamis/storage");
  const tamis = await context.tamis();
  const items = new Map<Id, Item>((await allItems(tamis.records)).map((item) => [item.itemId, item]));
  const version = await findModel(context, asked);
  if (version) {
    const loaded = await loadVersion(tamis.objects, version);
    return { model: loaded.model, modelVersion: version.version, coldStart: loaded.coldStart, items };
  }
  const { table } = await readSnapshot(tamis, "current");
  return { model: undefined, modelVersion: null, coldStart: coldStart(table, items.values()), items };
}
