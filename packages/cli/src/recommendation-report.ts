import type { Output } from "./output.ts";
import type { UserRecommendations } from "./recommend-to-user.ts";

/** What `--json` prints of a list of recommendations; the service answers the same. */
export function recommendationDocument(found: UserRecommendations): Record<string, unknown> {
  return {
    user_id: found.userId,
    model_version: found.modelVersion,
    cold_start: found.coldStart,
    recommendations: found.recommendations.map(({ itemId, title, score, source, reason, rules }) => ({
      item_id: itemId,
      title,
      score,
      source,
      reason,
      ...(rules && { rules }),
    })),
  };
}

/** For a person: two lines each, best first. */
export function recommendationLines(output: Output, { recommendations }: UserRecommendations): string[] {
  if (recommendations.length === 0) return ["nothing to recommend"];
  const indent = String(recommendations.length).length;
  return recommendations.flatMap(({ title, score, reason, rules = [] }, index) => [
    `${String(index + 1).padStart(indent)}  ${output.style("bold", title)}  ${score.toFixed(2)}`,
    `${" ".repeat(indent)}  ${output.style("dim", [reason, ...rules].join("; "))}`,
  ]);
}
