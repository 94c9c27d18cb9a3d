import type { Records } from "./schema.ts";

/** The registered models that have a version, by name. */
export async function modelNames(records: Records): Promise<string[]> {
  const rows = await records
    .selectFrom("model_versions")
    .select("model")
    .distinct()
    .orderBy("model")
    .execute();
  return rows.map(({ model }) => model);
}
