import type { Id } from "@tamis/core";
import type { App } from "../app.ts";

/** The answer of `/predict/`, or its problem. */
export interface PredictAnswer {
  readonly user_id: Id;
  readonly recommendations: readonly {
    readonly item_id: Id;
    readonly title: string;
    readonly movie: string;
    readonly score: number;
    readonly source: string;
    readonly reason: string;
  }[];
  readonly top_score: number;
  readonly model_version: number | null;
  readonly cold_start: boolean;
  readonly ranked_by: { readonly algorithm: string; readonly kind: string; readonly why: string };
  readonly detail?: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

/** Posts JSON to `/predict/`. */
export async function predict(
  app: App,
  body: unknown,
  path = "/predict/",
): Promise<{ status: number; body: PredictAnswer }> {
  const answer = await app.request(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as PredictAnswer };
}
