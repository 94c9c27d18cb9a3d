import { call } from "./call.ts";

export interface Prediction {
  readonly user_id: number | null;
  readonly recommendations: readonly {
    readonly movie: string;
    readonly score: number;
    readonly reason: string;
  }[];
  readonly top_score: number;
  readonly model_version: number | null;
  readonly cold_start: boolean;
}

export interface Predictions {
  readonly known: Prediction;
  readonly unknown: Prediction;
  /** Somebody new who has just rated three films. */
  readonly newcomer: Prediction;
  readonly batch: { readonly users_processed: number; readonly predictions_dir: string };
}

/** Somebody the model knows, somebody it does not, somebody who has just rated three films, and many at once. */
export async function predictions(url: string): Promise<Predictions> {
  const predict = (body: object) => call<Prediction>(url, "/predict/", body);
  const known = await predict({ user_id: 1, n_recommendations: 5 });
  const { items } = await call<{ items: { item_id: number | string }[] }>(url, "/api/items?limit=3");
  const ratings = items.map(({ item_id }, place) => ({ item_id, rating: 5 - place }));
  return {
    known,
    unknown: await predict({ user_id: "nobody we know", top_n: 5 }),
    newcomer: await predict({ ratings, top_n: 5 }),
    batch: await call(url, "/predict/batch", { user_ids: [1, 2, 3], top_n: 5 }),
  };
}
