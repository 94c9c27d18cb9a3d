import type { Id } from "@tamis/core";
import type { Tamis } from "@tamis/storage";
import type { Metrics } from "./metrics.ts";
import { predictionsCsv, predictionsFile } from "./predictions-file.ts";
import type { RecommendationLog } from "./recommendation-log.ts";
import type { Services } from "./services.ts";
import type { Recommendations, Serving, ServingRequest, ServingState } from "./serving.ts";

/** Recommends, and remembers that it did. */
export interface Predictor {
  /**
   * What `Serving.recommend` answers, counted, in the log of recommendations and, where the service saves them, as a
   * file.
   *
   * @throws as `Serving.recommend`
   */
  predict(request: ServingRequest, options: PredictOptions): Promise<Recommendations>;
}

interface PredictOptions {
  /** What answers. */
  readonly state: ServingState;
  /** Where the file goes: a prefix of object keys, without the last `/`. @default none, or `predictions` */
  readonly folder?: string;
}

/** Where the files of single answers go. */
const singlesFolder = "predictions";

export function createPredictor(
  services: Services,
  serving: Serving,
  tools: { readonly metrics: Metrics; readonly recommendationLog: RecommendationLog },
): Predictor {
  const { tamis, now = () => new Date(), savePredictions = false } = services;
  const { metrics, recommendationLog } = tools;
  return {
    async predict(request, { state, folder = savePredictions ? singlesFolder : undefined }) {
      const answer = await serving.recommend(request, state);
      const { userId, n } = request;
      for (const { source } of answer.recommendations) metrics.recommendations.inc({ source });
      const { method, modelVersion, recommendations: items } = answer;
      // Somebody new has no id, which none is empty.
      recommendationLog.add({ at: now(), userId: userId ?? "", method, modelVersion, requested: n, items });
      if (folder !== undefined && userId !== undefined) await save(tamis, folder, userId, n, answer);
      return answer;
    },
  };
}

async function save(
  { objects }: Tamis,
  folder: string,
  userId: Id,
  n: number,
  { recommendations }: Recommendations,
): Promise<void> {
  const csv = predictionsCsv(recommendations);
  await objects.put(`${folder}/${predictionsFile(userId, n)}`, new TextEncoder().encode(csv));
}
