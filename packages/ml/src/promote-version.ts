import { type ModelRole, type ModelVersion, type PromotionRecord, TamisError } from "@tamis/core";
import { type Registry, whyBroken } from "./registry.ts";

/** Who asks, and for which role. */
export type RoleChange = Pick<PromotionRecord, "role" | "actor" | "reason" | "requestId">;

/**
 * Gives a role back to the version that had it before. Twice is back again.
 *
 * @returns the version that has the role now.
 * @throws not_found when there is none before; refused when its file is missing; conflict when somebody promoted
 * meanwhile
 */
export async function rollBack(registry: Registry, model: string, change: RoleChange): Promise<ModelVersion> {
  const { catalog } = registry;
  const { role = "champion" } = change;
  const holder = await catalog.find(model, role);
  const previous = await catalog.find(model, role === "champion" ? "previous" : "previous_ranker");
  if (holder === undefined || previous === undefined) {
    throw new TamisError("not_found", `“${model}” has no earlier ${role} to go back to.`, {
      details: { model, role },
    });
  }
  const reason = change.reason ?? `rolled back from version ${holder.version} to version ${previous.version}`;
  return await giveRole(registry, previous, holder, { ...change, role, reason, kind: "roll_back" });
}

/**
 * Gives a role to a version that somebody chose, whatever its figures.
 *
 * @throws not_found when there is no such version; refused when it cannot have the role, or has no file any more;
 * conflict when somebody promoted meanwhile
 */
export async function promoteVersion(
  registry: Registry,
  model: string,
  number: number,
  change: RoleChange,
): Promise<ModelVersion> {
  const { catalog } = registry;
  const { role = "champion" } = change;
  const version = await catalog.find(model, number);
  if (version === undefined) {
    throw new TamisError("not_found", `“${model}” has no version ${number}.`, { details: { model, number } });
  }
  const holder = await catalog.find(model, role);
  const reason = change.reason ?? `version ${number} was chosen`;
  return await giveRole(registry, version, holder, { ...change, role, reason, forced: true });
}

async function giveRole(
  { objects, catalog }: Registry,
  version: ModelVersion,
  holder: ModelVersion | undefined,
  record: PromotionRecord & { readonly role: ModelRole },
): Promise<ModelVersion> {
  const { model, version: number, metrics } = version;
  const problem =
    (await whyBroken(objects, version)) ??
    (record.role === "champion" && metrics.rmse === undefined
      ? "it does not estimate ratings; it can be the ranker"
      : undefined);
  if (problem !== undefined) {
    throw new TamisError("refused", `Version ${number} of “${model}” was not promoted: ${problem}.`, {
      details: { model, version: number },
    });
  }
  await catalog.promote(model, number, holder?.version ?? null, record);
  return (await catalog.find(model, number))!;
}
