import { call } from "./call.ts";

export interface Watching {
  readonly drift: { readonly drift_detected: boolean };
  readonly recommendations: {
    readonly total_requests: number;
    readonly unique_movies: number;
    readonly diversity: number;
    readonly novelty: number;
    readonly coverage: number;
  };
  readonly stats: { readonly ratings: number; readonly average_rating: number };
}

/** What the monitoring says afterwards. The first look takes the baseline of drift. */
export async function watching(url: string): Promise<Watching> {
  return {
    drift: await call(url, "/monitoring/drift"),
    recommendations: await call(url, "/monitoring/recommendations?days=7"),
    stats: await call(url, "/stats"),
  };
}
