import type { UserRecommendations } from "./recommend-to-user.ts";
import { tableLines } from "./table.ts";

/** What `--json` prints of a list of recommendations; the service answers the same. */
export function recommendationDocument(found: UserRecommendations): Record<string, unknown> {
  return {
    user_id: found.userId,
    model_version: found.modelVersion,
    cold_start: found.coldStart,
    recommendations: found.recommendations.map(({ itemId, title, score, source, reason }) => ({
      item_id: itemId,
      title,
      score,
      source,
      reason,
    })),
  };
}

/** For a person: a table, best first. */
export function recommendationLines({ recommendations }: UserRecommendations): string[] {
  if (recommendations.length === 0) return ["nothing to recommend"];
  return tableLines(
    [
      { title: "#", align: "right" },
      { title: "title" },
      { title: "score", align: "right" },
      { title: "why" },
    ],
    recommendations.map(({ title, score, reason }, index) => [index + 1, title, score.toFixed(2), reason]),
  );
}
