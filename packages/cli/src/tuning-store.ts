import { type ObjectStore, TamisError } from "@tamis/core";
import type { SearchState } from "@tamis/ml";

const keyOf = (model: string) => `tuning/${model}.json`;

/** Stores how far the tuning of a model has come, in place of what was stored before. */
export async function saveTuning(objects: ObjectStore, model: string, state: SearchState): Promise<void> {
  await objects.put(keyOf(model), new TextEncoder().encode(JSON.stringify(state)));
}

/** @throws not_found when none was stored; corrupt_data when it is not JSON */
export async function loadTuning(objects: ObjectStore, model: string): Promise<unknown> {
  const chunks = await objects.get(keyOf(model));
  if (!chunks) {
    throw new TamisError("not_found", `No tuning of ${model} to resume. Start one without --resume.`, {
      details: { model },
    });
  }
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of chunks) text += decoder.decode(chunk, { stream: true });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TamisError(
      "corrupt_data",
      `The tuning of ${model} cannot be resumed: ${keyOf(model)} is damaged. Start anew without --resume.`,
      { details: { key: keyOf(model) }, cause: error },
    );
  }
}
