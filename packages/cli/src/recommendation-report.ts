import type { Output } from "./output.ts";
import type { UserRecommendations } from "./recommend-to-user.ts";

/** What `--json` prints of a list of recommendations; the service answers the same. */
export function recommendationDocument(found: UserRecommendations): Record<string, unknown> {
  return {
    user_id: found.userId,
    model_version: found.modelVersion,
    cold_start: found.coldStart,
    ranked_by: found.rankedBy,
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
export function recommendationLines(output: Output, found: UserRecommendations): string[] {
  const { recommendations, rankedBy, modelVersion } = found;
  if (recommendations.length === 0) return ["nothing to recommend"];
  const shown = (score: number, source: string) =>
    rankedBy.kind === "ranking" && (source === "model" || source === "fold_in")
      ? score.toPrecision(3)
      : score.toFixed(2);
  const indent = String(recommendations.length).length;
  const version = modelVersion === null || rankedBy.kind === "cold_start" ? "" : `version ${modelVersion}, `;
  return [
    ...recommendations.flatMap(({ title, score, source, reason, rules = [] }, index) => [
      `${String(index + 1).padStart(indent)}  ${output.style("bold", title)}  ${shown(score, source)}`,
      `${" ".repeat(indent)}  ${output.style("dim", [reason, ...rules].join("; "))}`,
    ]),
    output.style("dim", `ranked by ${version}${rankedBy.why}`),
  ];
}
