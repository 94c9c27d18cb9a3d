import { type Id, Id as IdSchema, type Item, isTamisError, type ModelVersion, TamisError } from "@tamis/core";
import {
  type ColdStart,
  type History,
  loadVersion,
  type Model,
  type Recommendations,
  recommend,
  similarItems,
} from "@tamis/ml";
import {
  listItems,
  listUsers,
  modelCatalog,
  type RatedItem,
  type RatingUser,
  ratingsOfUser,
} from "@tamis/storage";
import { z } from "zod";
import { problemKinds } from "../problem.ts";
import { modelName, type Services } from "../services.ts";
import type { Serving } from "../serving.ts";
import type { RecommendQuery } from "./recommend-query.ts";

/** What was asked and what came out. */
export interface RecommendView {
  readonly query: RecommendQuery;
  /** Users to try, most ratings first. */
  readonly users: readonly RatingUser[];
  /** Versions that could be compared with the one that serves. */
  readonly versions: readonly ModelVersion[];
  readonly items: ReadonlyMap<Id, Item>;
  /** Films to rate that fit the search. */
  readonly offered: readonly RatedItem[];
  /** Values that can be given, highest first. */
  readonly values: readonly number[];
  /** Why there is no list, in one sentence. */
  readonly message?: string;
  readonly status: number;
  readonly lists: readonly RecommendedList[];
  /** What the lists rest on. */
  readonly history: History;
  readonly similar?: SimilarItems;
}

export interface RecommendedList extends Recommendations {
  /** `null` before the first training. */
  readonly version: ModelVersion | null;
  readonly isServed: boolean;
  /** Whether the model was trained with this user. */
  readonly isKnown: boolean;
}

export interface SimilarItems {
  readonly title: string;
  readonly found: readonly { readonly itemId: Id; readonly title: string; readonly score: number }[];
  /** Which algorithm relates them, or why none does. */
  readonly by: string;
}

interface Maker {
  readonly model: Model | undefined;
  readonly coldStart: ColdStart;
  readonly version: ModelVersion | null;
}

const offeredUsers = 8;
const offeredItems = 8;
const shownSimilar = 8;
const Count = z.coerce.number().int().min(1).max(50);
/** No id is empty: nobody has this one. */
const nobody: Id = "";

/** Answers what the page was asked: one list or two, from the model that serves and from another version. */
export function recommendReader(services: Services, serving: Serving) {
  const { records, objects } = services.tamis;
  const catalog = modelCatalog(records);
  const load = versionLoader((version) => loadVersion(objects, version));

  return async (query: RecommendQuery): Promise<RecommendView> => {
    const { served, coldStart, items, failure } = await serving.state();
    const empty: RecommendView = {
      query,
      users: (await listUsers(records, { limit: offeredUsers })).users,
      versions: (await catalog.list(modelName(services))).filter(
        ({ version }) => version !== served?.version.version,
      ),
      items,
      offered: query.isNew ? await offer(query, items) : [],
      values: valuesOf(coldStart),
      status: 200,
      lists: [],
      history: [],
    };
    if (query.user === "" && query.rates.length === 0 && query.item === "") return empty;
    try {
      if (coldStart === undefined) {
        throw new TamisError(
          "unavailable",
          failure ?? "There is no data to recommend from. Import ratings first.",
        );
      }
      const first = { model: served?.model, coldStart, version: served?.version ?? null };
      const other = await findOther(query.with, empty.versions);
      const makers = [first, ...(other ? [await load(other)] : [])];
      const similar = query.item === "" ? undefined : similarTo(query.item, makers, items);
      const answer = await listsFor(query, makers, items);
      return { ...empty, ...answer, ...(similar && { similar }) };
    } catch (error) {
      if (!isTamisError(error) || problemKinds[error.code].status === 500) throw error;
      return { ...empty, message: error.message, status: problemKinds[error.code].status };
    }
  };

  async function listsFor(query: RecommendQuery, makers: readonly Maker[], items: ReadonlyMap<Id, Item>) {
    if (query.user === "" && query.rates.length === 0) return {};
    const n = Count.safeParse(query.n);
    if (!n.success) throw new TamisError("invalid_input", "How many is a whole number from 1 to 50.");
    const userId = query.isNew ? nobody : userOf(query.user);
    const history: History = query.isNew ? query.rates : await ratingsOfUser(records, userId);
    const lists = makers.map(
      ({ model, coldStart, version }, index): RecommendedList => ({
        ...recommend({ model, coldStart, userId, history, n: n.data, items }),
        version,
        isServed: index === 0,
        isKnown: model?.knowsUser(userId) ?? false,
      }),
    );
    return { lists, history };
  }

  async function offer({ search, rates }: RecommendQuery, items: ReadonlyMap<Id, Item>) {
    const rated = new Set(rates.map(({ itemId }) => String(itemId)));
    const { items: found } = await listItems(records, {
      ...(search !== "" && { search }),
      limit: items.size > 0 && search === "" ? 100 : offeredItems + rated.size,
    });
    const unrated = found.filter(({ itemId }) => !rated.has(String(itemId)));
    // Without a search, what most people have rated: somebody new will know some of it.
    const known = search === "" ? unrated.toSorted((a, b) => b.ratings - a.ratings) : unrated;
    return known.slice(0, offeredItems);
  }
}

function userOf(text: string): Id {
  const id = IdSchema.safeParse(text);
  if (id.success) return id.data;
  throw new TamisError("invalid_input", "That is not a user id.");
}

async function findOther(
  asked: string,
  versions: readonly ModelVersion[],
): Promise<ModelVersion | undefined> {
  if (asked === "") return undefined;
  const other = versions.find(({ version }) => String(version) === asked);
  if (other) return other;
  throw new TamisError("not_found", `There is no other version ${asked} to compare with.`);
}

/** The neighbours of an item by the first model that relates items. */
function similarTo(item: string, makers: readonly Maker[], items: ReadonlyMap<Id, Item>): SimilarItems {
  const id = IdSchema.safeParse(item);
  const title = (id.success && items.get(id.data)?.title) || item;
  const maker = makers.find(({ model }) => model?.similarity && id.success && model.knowsItem(id.data));
  if (!maker?.model || !id.success) {
    const names = makers.map(({ model }) => model?.algorithm ?? "no model").join(" and ");
    return {
      title,
      found: [],
      by: `${names} does not relate this film to others. Compare with a version that does.`,
    };
  }
  const found = similarItems(maker.model, id.data, shownSimilar).map(({ itemId, score }) => ({
    itemId,
    score,
    title: items.get(itemId)?.title ?? String(itemId),
  }));
  return { title, found, by: maker.model.algorithm };
}

/** Half steps of a short scale, tenths of a long one; highest first. */
function valuesOf(coldStart: ColdStart | undefined): number[] {
  const { min, max } = coldStart?.scale ?? { min: 0.5, max: 5 };
  const step = max - min <= 5 ? 0.5 : (max - min) / 10;
  return Array.from({ length: Math.round((max - min) / step) + 1 }, (_, index) => max - index * step);
}

/** Versions are files of many megabytes: the two last asked for are kept. */
function versionLoader(read: (version: ModelVersion) => Promise<Maker>) {
  const kept = new Map<string, Promise<Maker>>();
  return (version: ModelVersion): Promise<Maker> => {
    const loading = kept.get(version.sha256) ?? read(version);
    kept.delete(version.sha256);
    kept.set(version.sha256, loading);
    loading.catch(() => kept.delete(version.sha256));
    for (const oldest of kept.keys()) {
      if (kept.size <= 2) break;
      kept.delete(oldest);
    }
    return loading;
  };
}
