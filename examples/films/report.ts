import type { FirstStart } from "./first-start.ts";
import type { ManualTraining } from "./manual-training.ts";
import type { Prediction, Predictions } from "./prediction.ts";
import type { ScheduledTraining } from "./scheduled-training.ts";
import type { Watching } from "./watching.ts";

export interface Films {
  readonly start: FirstStart;
  readonly manual: ManualTraining;
  readonly predicted: Predictions;
  readonly scheduled: ScheduledTraining;
  readonly watched: Watching;
}

/** What the four scenarios came to, as text. */
export function filmsReport({ start, manual, predicted, scheduled, watched }: Films): string {
  const { recommendations, drift, stats } = watched;
  const count = (value: number) => value.toLocaleString("en-US");
  return `1. First start
   ${start.imported ? "imported" : "found"} ${count(start.ratings)} ratings of ${count(start.items)} films by ${count(start.users)} people
   ${start.verdict}

2. Manual training
   a second start meanwhile: ${manual.secondStart}; slowest answer of /health meanwhile: ${manual.slowestHealth.toFixed(0)} ms
   ${manual.verdict}

3. Prediction
   user 1, model version ${predicted.known.model_version}
${films(predicted.known)}
   somebody unknown
${films(predicted.unknown)}
   somebody new, who has rated three films
${films(predicted.newcomer)}
   ${predicted.batch.users_processed} users at once, into ${predicted.batch.predictions_dir.replace(/[^/]*$/, "…")}

4. Scheduled training
   ${count(scheduled.inserted)} synthetic ratings, which no training counts
   ${scheduled.verdict}
   the same day once more: ${scheduled.again.replace("_", " ")}

Watching
   ratings ${count(stats.ratings)}, mean ${stats.average_rating}; drift: ${drift.drift_detected ? "yes" : "no"}
   ${recommendations.total_requests} lists, ${recommendations.unique_movies} different films: diversity ${recommendations.diversity}, novelty ${recommendations.novelty}, coverage ${recommendations.coverage}
`;
}

function films({ recommendations }: Prediction): string {
  return recommendations
    .map(({ movie, score, reason }) => `     ${score.toFixed(2)}  ${movie}: ${reason}`)
    .join("\n");
}
