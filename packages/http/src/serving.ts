import { type Id, type Item, isTamisError, type ModelVersion, silentLog, TamisError } from "@tamis/core";
import {
  type ColdStart,
  coldStart,
  findListMaker,
  type History,
  type ItemFilter,
  itemFilter,
  loadVersion,
  type Model,
  type Recommendations as RankedList,
  recommend,
} from "@tamis/ml";
import {
  allItems,
  currentSnapshot,
  modelCatalog,
  type RecommendationMethod,
  type Records,
  ratingsOfUser,
  readSnapshot,
  type SnapshotRecord,
} from "@tamis/storage";
import type { Metrics } from "./metrics.ts";
import { modelName, type Services } from "./services.ts";

/** What is served now: replaced as a whole, never changed. */
export interface ServingState {
  /** What makes the lists: the ranker, or the champion where there is none. */
  readonly served: { readonly model: Model; readonly version: ModelVersion } | undefined;
  /** Answers for users the model does not know; from the current snapshot when there is no model. */
  readonly coldStart: ColdStart | undefined;
  readonly items: ReadonlyMap<Id, Item>;
  /** Why the latest model could not be read; the one before is then still served, if there was one. */
  readonly failure?: string;
}

/** Who asks for what. */
export interface ServingRequest {
  /** Absent: somebody new, known by `ratings` alone. */
  readonly userId?: Id | undefined;
  readonly n: number;
  /** Ratings of theirs that are not stored, or not yet; of an item that has a stored one, they count instead of it. */
  readonly ratings?: History | undefined;
  readonly filters?: ServingFilters | undefined;
}

/** Which items may be recommended. */
interface ServingFilters extends ItemFilter {
  /** Only these. */
  readonly include?: readonly Id[];
  /** None of these. */
  readonly exclude?: readonly Id[];
}

/** Items for one user, and what chose them. */
export interface Recommendations extends RankedList {
  /** `null` when no model was promoted yet. */
  readonly modelVersion: number | null;
  /** Whether the model does not know the user. */
  readonly coldStart: boolean;
  readonly method: RecommendationMethod;
  /** The ratings that it rests on: stored and given ones. */
  readonly history: History;
}

/** The model that makes the lists, and the titles, in memory. */
export interface Serving {
  /**
   * What is served now. Only the first call waits for it to be read. When the last look at the catalog is a second old,
   * another one is taken beside the requests, so that a training in another process is picked up without a restart: what
   * it finds is read while the former goes on serving, and takes its place when it is there whole. Never rejects: what
   * cannot be read is the state's `failure`.
   */
  state(): Promise<ServingState>;
  /**
   * The `n` best unseen items of a user: one query for the user's ratings, the rest is in memory.
   *
   * @param state - what answers; the same for several answers that must be of one model. @default {@link state}()
   * @throws not_found with neither model nor data, or nothing left to recommend
   * @throws unavailable when the model cannot be read
   */
  recommend(request: ServingRequest, state?: ServingState): Promise<Recommendations>;
}

/** How old the last look at the catalog may be, in milliseconds. */
const lookEveryMs = 1_000;
/** How long a model that could not be read is left alone, in milliseconds. */
const retryEveryMs = 30_000;

const nothing: ServingState = { served: undefined, coldStart: undefined, items: new Map() };

interface Held {
  /** Which model and which data: when it changes, everything is read anew. */
  readonly key: string;
  /** Which data. */
  readonly dataKey: string;
  readonly state: ServingState;
  readonly loadedAt: number;
}

export function createServing(services: Services, metrics: Metrics): Serving {
  const { log = silentLog, tamis } = services;
  const { records } = tamis;
  const now = () => (services.now ?? (() => new Date()))().getTime();
  const catalog = modelCatalog(records);
  let held: Held | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;
  /** Why the last look saw nothing. */
  let blindness: string | undefined;

  async function look(): Promise<void> {
    try {
      const version = await findListMaker(catalog, modelName(services));
      const snapshot = await currentSnapshot(records);
      const dataKey = JSON.stringify([snapshot?.digest, snapshot?.importId]);
      const key = JSON.stringify([version?.version, version?.sha256, dataKey]);
      const retry = held?.state.failure !== undefined && now() - held.loadedAt >= retryEveryMs;
      if (held?.key !== key || retry) {
        // The titles are those of the data: another model has the same.
        const items = held?.dataKey === dataKey ? held.state.items : await itemsById(records);
        const state = await load(services, version, snapshot, { ...(held?.state ?? nothing), items });
        held = { key, dataKey, state, loadedAt: now() };
        publish(metrics, state);
      }
      blindness = undefined;
    } catch (error) {
      log.error("catalog not readable", { error });
      blindness = "The records cannot be read; the log has the cause.";
    } finally {
      lookedAt = now();
    }
  }

  async function state(): Promise<ServingState> {
    if (held === undefined || now() - lookedAt >= lookEveryMs) {
      looking ??= look().finally(() => {
        looking = undefined;
      });
    }
    if (held === undefined) await looking;
    const present = held?.state ?? nothing;
    return blindness === undefined ? present : { ...present, failure: blindness };
  }

  return {
    state,
    async recommend(request, given) {
      const serving = given ?? (await state());
      if (serving.served === undefined && serving.failure) {
        throw new TamisError("unavailable", serving.failure);
      }
      if (serving.coldStart === undefined) throw nothingToRecommend();
      const { userId, ratings = [] } = request;
      const stored = userId === undefined ? [] : await ratingsOfUser(records, userId);
      return recommendFrom(serving as Ready, request, joined(ratings, stored));
    },
  };
}

/** All the ratings, the given one of an item instead of the stored one. */
function joined(given: History, stored: History): History {
  const rerated = new Set(given.map(({ itemId }) => itemId));
  return [...given, ...stored.filter(({ itemId }) => !rerated.has(itemId))];
}

type Ready = ServingState & { readonly coldStart: ColdStart };

/** No id is empty: nobody has this one. */
const nobody: Id = "";

function recommendFrom(
  { served, coldStart, items }: Ready,
  { userId = nobody, n, filters }: ServingRequest,
  history: History,
): Recommendations {
  const model = served?.model;
  const { include, exclude = [], ...where } = filters ?? {};
  const rules = filters && { ...(include && { include }), where: itemFilter(where) };
  const found = recommend({ model, coldStart, userId, history, n, items, exclude, ...(rules && { rules }) });
  if (found.recommendations.length === 0) {
    throw new TamisError(
      "not_found",
      `Nothing is left to recommend${userId === nobody ? "" : ` to user ${userId}`}.`,
    );
  }
  return {
    ...found,
    // By the scores that are shown: a filter takes items out, and lifts none.
    recommendations:
      found.rankedBy.kind === "ranking"
        ? found.recommendations
        : found.recommendations.toSorted((a, b) => b.score - a.score),
    modelVersion: served?.version.version ?? null,
    coldStart: !model?.knowsUser(userId),
    method: methodOf(found, model, userId, history),
    history,
  };
}

function methodOf(
  { recommendations }: RankedList,
  model: Model | undefined,
  userId: Id,
  history: History,
): RecommendationMethod {
  if (recommendations.some(({ source }) => source === "model" || source === "fold_in")) {
    return "collaborative_filtering";
  }
  const shouldBeKnown = history.length > 0 && (model === undefined || model.knowsUser(userId));
  return shouldBeKnown ? "cold_start_fallback" : "cold_start";
}

async function itemsById(records: Records): Promise<Map<Id, Item>> {
  return new Map((await allItems(records)).map((item) => [item.itemId, item]));
}

/** Reads the model. One that cannot be read is a state, not an error: the service lives on. */
async function load(
  services: Services,
  version: ModelVersion | undefined,
  snapshot: SnapshotRecord | undefined,
  previous: ServingState,
): Promise<ServingState> {
  const { tamis, log = silentLog } = services;
  const { items } = previous;
  try {
    if (version !== undefined) {
      const loaded = await loadVersion(tamis.objects, version);
      return { served: { model: loaded.model, version }, coldStart: loaded.coldStart, items };
    }
    const data = snapshot && (await readSnapshot(tamis, snapshot.digest));
    return { served: undefined, coldStart: data && coldStart(data.table, items.values()), items };
  } catch (error) {
    log.error("model not readable", { model: version?.model, version: version?.version, error });
    return { ...previous, failure: failureOf(version, error) };
  }
}

/** A sentence for everybody: what is wrong without where it lies. */
function failureOf(version: ModelVersion | undefined, error: unknown): string {
  const how = isTamisError(error) && error.code === "corrupt_data" ? "is damaged" : "cannot be read";
  return version === undefined
    ? `The current snapshot ${how}. Import the data again.`
    : `The file of model version ${version.version} ${how}. Train again, or promote another version.`;
}

function publish(metrics: Metrics, { served }: ServingState): void {
  metrics.model.reset();
  if (served === undefined) return;
  const { model, algorithm, version, snapshot } = served.version;
  metrics.model.set({ model, algorithm, version: String(version), snapshot }, 1);
}

function nothingToRecommend(): TamisError {
  return new TamisError(
    "not_found",
    "There is no model and no data to recommend from. Import ratings (tamis import movielens PATH), then: tamis train",
  );
}
