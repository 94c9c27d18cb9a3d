import { createRandom, definePipeline, defineStep, TamisError } from "@tamis/core";
import { TrainingRunConfig, trainingDocument, trainingOptions, trainSnapshot } from "@tamis/ml";
import { addSyntheticRatings, currentSnapshot, databaseClock, trainingPorts } from "@tamis/storage";
import { z } from "zod";

/**
 * The daily loop of the films system as a pipeline: health, new ratings, training. Every day at 02:00, once a day however
 * often it is asked for:
 *
 *     tamis schedule daily "0 2 * * *" --module ./daily.js --catch-up none
 *
 * @param {import("@tamis/storage").Tamis} tamis
 */
export default function daily(tamis) {
  const { records } = tamis;
  /** Waits for half a minute where something is missing, as the original does. */
  const retry = { attempts: 5, baseMs: 30_000, capMs: 30_000, retryable: () => true };

  const health = defineStep({
    name: "health",
    retry,
    async run() {
      const snapshot = await currentSnapshot(records);
      if (snapshot) return { ratings: snapshot.rows, scale: snapshot.scale };
      throw new TamisError("unavailable", "There are no ratings yet: import some first.");
    },
  });
  const generate = defineStep({
    name: "generate",
    inputs: { health },
    config: z.object({ ratings: z.int().min(0).default(20_000) }),
    async run({ config, inputs, interval }) {
      const at = await databaseClock(records);
      // The same day makes the same ratings, so that a step that is done again adds none twice.
      const random = createRandom(interval.end.getTime() / 86_400_000);
      const { scale } = inputs.health;
      return { inserted: await addSyntheticRatings(records, { count: config.ratings, scale, random, at }) };
    },
  });
  const train = defineStep({
    name: "train",
    inputs: { generate },
    config: z.object({ training: TrainingRunConfig.prefault({ force: true }) }),
    async run({ config, signal, onProgress }) {
      const training = { ...trainingOptions(config.training), actor: "schedule", signal, onProgress };
      return trainingDocument(await trainSnapshot(trainingPorts(tamis), training));
    },
  });
  return definePipeline({ name: "daily", steps: [health, generate, train] });
}
