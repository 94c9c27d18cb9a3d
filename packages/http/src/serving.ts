import { type Id, type Item, isTamisError, type ModelVersion, silentLog, TamisError } from "@tamis/core";
import {
  type ColdStart,
  coldStart,
  findListMaker,
  loadVersion,
  type Model,
  type Recommendations as RankedList,
  recommend,
} from "@tamis/ml";
import {
  allItems,
  currentSnapshot,
  modelCatalog,
  ratingsOfUser,
  readSnapshot,
  type SnapshotRecord,
} from "@tamis/storage";
import type { Metrics } from "./metrics.ts";
import { modelName, type Services } from "./services.ts";

/** What is served now: replaced as a whole, never changed. */
interface ServingState {
  /** What makes the lists: the ranker, or the champion where there is none. */
  readonly served: { readonly model: Model; readonly version: ModelVersion } | undefined;
  /** Answers for users the model does not know; from the current snapshot when there is no model. */
  readonly coldStart: ColdStart | undefined;
  readonly items: ReadonlyMap<Id, Item>;
  /** Why the latest model could not be read; the one before is then still served, if there was one. */
  readonly failure?: string;
}

/** Items for one user, and what chose them. */
export interface Recommendations extends RankedList {
  /** `null` when no model was promoted yet. */
  readonly modelVersion: number | null;
  /** Whether the model does not know the user. */
  readonly coldStart: boolean;
}

/** The model that makes the lists, and the titles, in memory. */
export interface Serving {
  /**
   * The model, after a look at the catalog when the last look is a second old, so that a training in another
   * process is picked up without a restart. While a new one is read, every request waits for it. Never rejects:
   * what cannot be read is the state's `failure`.
   */
  state(): Promise<ServingState>;
  /**
   * The `n` best unseen items of a user: one query for the user's ratings, the rest is in memory.
   *
   * @throws not_found with neither model nor data, or nothing left to recommend
   * @throws unavailable when the model cannot be read
   */
  recommend(userId: Id, n: number): Promise<Recommendations>;
}

/** How old the last look at the catalog may be, in milliseconds. */
const lookEveryMs = 1_000;
/** How long a model that could not be read is left alone, in milliseconds. */
const retryEveryMs = 30_000;

const nothing: ServingState = { served: undefined, coldStart: undefined, items: new Map() };

interface Held {
  /** Which model and which data: when it changes, everything is read anew. */
  readonly key: string;
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

  async function look(): Promise<void> {
    const version = await findListMaker(catalog, modelName(services));
    const snapshot = await currentSnapshot(records);
    const key = JSON.stringify([version?.version, version?.sha256, snapshot?.digest, snapshot?.importId]);
    const retry = held?.state.failure !== undefined && now() - held.loadedAt >= retryEveryMs;
    if (held?.key !== key || retry) {
      const state = await load(services, version, snapshot, held?.state);
      held = { key, state, loadedAt: now() };
      publish(metrics, state);
    }
    lookedAt = now();
  }

  async function state(): Promise<ServingState> {
    if (held === undefined || now() - lookedAt >= lookEveryMs) {
      looking ??= look().finally(() => {
        looking = undefined;
      });
      try {
        await looking;
      } catch (error) {
        log.error("catalog not readable", { error });
        return { ...(held?.state ?? nothing), failure: "The records cannot be read; the log has the cause." };
      }
    }
    return held?.state ?? nothing;
  }

  return {
    state,
    async recommend(userId, n) {
      const serving = await state();
      if (serving.served === undefined && serving.failure) {
        throw new TamisError("unavailable", serving.failure);
      }
      if (serving.coldStart === undefined) throw nothingToRecommend();
      return recommendFrom(serving as Ready, userId, await ratingsOfUser(records, userId), n);
    },
  };
}

type Ready = ServingState & { readonly coldStart: ColdStart };

function recommendFrom(
  { served, coldStart, items }: Ready,
  userId: Id,
  history: Awaited<ReturnType<typeof ratingsOfUser>>,
  n: number,
): Recommendations {
  const model = served?.model;
  const found = recommend({ model, coldStart, userId, history, n, items });
  if (found.recommendations.length === 0)
    throw new TamisError("not_found", `Nothing is left to recommend to user ${userId}.`);
  return {
    ...found,
    modelVersion: served?.version.version ?? null,
    coldStart: !model?.knowsUser(userId),
  };
}

/** Reads model and titles. A model that cannot be read is a state, not an error: the service lives on. */
async function load(
  services: Services,
  version: ModelVersion | undefined,
  snapshot: SnapshotRecord | undefined,
  previous: ServingState | undefined,
): Promise<ServingState> {
  const { tamis, log = silentLog } = services;
  const items = new Map((await allItems(tamis.records)).map((item) => [item.itemId, item]));
  try {
    if (version !== undefined) {
      const loaded = await loadVersion(tamis.objects, version);
      return { served: { model: loaded.model, version }, coldStart: loaded.coldStart, items };
    }
    const data = snapshot && (await readSnapshot(tamis, snapshot.digest));
    return { served: undefined, coldStart: data && coldStart(data.table, items.values()), items };
  } catch (error) {
    log.error("model not readable", { model: version?.model, version: version?.version, error });
    return { ...(previous ?? nothing), items, failure: failureOf(version, error) };
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
