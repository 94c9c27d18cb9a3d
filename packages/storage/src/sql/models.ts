import {
  type ModelAlias,
  type ModelCatalog,
  type ModelVersion,
  type NewModelVersion,
  type PromotionRecord,
  TamisError,
} from "@tamis/core";
import type { Selectable } from "kysely";
import { type AuditEntry, writeAudit } from "./audit.ts";
import type { Records, Schema } from "./schema.ts";
import { shortTransaction, takeTurn } from "./write-transaction.ts";

export interface ModelCatalogOptions {
  readonly now?: () => Date;
}

/** A {@link ModelCatalog} in the records. */
export function modelCatalog(records: Records, options: ModelCatalogOptions = {}): ModelCatalog {
  const { now = () => new Date() } = options;
  return {
    async add(version) {
      const number = await shortTransaction(records, (transaction) =>
        addVersion(transaction, version, now()),
      );
      return (await findVersion(records, version.model, number))!;
    },
    find: (model, version) => findVersion(records, model, version),
    list: (model) => versions(records, model),
    promote: (model, version, expected, record) =>
      shortTransaction(records, (transaction) =>
        promote(transaction, model, version, expected, record, now()),
      ),
    async refuse(model, record) {
      const { role = "champion" } = record;
      const holder = (await aliased(records, model, role)) ?? null;
      const entry = auditEntry(model, record, { role, holder });
      await writeAudit(records, { ...entry, action: "model.refuse", outcome: "refused" }, now());
    },
  };
}

async function addVersion(records: Records, version: NewModelVersion, createdAt: Date): Promise<number> {
  await takeTurn(records, `model ${version.model}`);
  const newest = await records
    .selectFrom("model_versions")
    .select(({ fn }) => fn.max("version").as("version"))
    .where("model", "=", version.model)
    .executeTakeFirst();
  const number = Number(newest?.version ?? 0) + 1;
  await records
    .insertInto("model_versions")
    .values({
      model: version.model,
      version: number,
      run_id: version.runId,
      algorithm: version.algorithm,
      options: JSON.stringify(version.options),
      seed: version.seed,
      snapshot: version.snapshot,
      metrics: JSON.stringify(version.metrics),
      object_key: version.objectKey,
      sha256: version.sha256,
      bytes: version.bytes,
      created_at: createdAt,
    })
    .execute();
  return number;
}

async function findVersion(
  records: Records,
  model: string,
  version: number | ModelAlias,
): Promise<ModelVersion | undefined> {
  const number = typeof version === "number" ? version : await aliased(records, model, version);
  return number === undefined ? undefined : (await versions(records, model, number))[0];
}

async function aliased(records: Records, model: string, alias: ModelAlias): Promise<number | undefined> {
  const row = await records
    .selectFrom("model_aliases")
    .select("version")
    .where("model", "=", model)
    .where("alias", "=", alias)
    .executeTakeFirst();
  return row?.version;
}

async function versions(records: Records, model: string, version?: number): Promise<ModelVersion[]> {
  let query = records.selectFrom("model_versions").selectAll().where("model", "=", model);
  if (version !== undefined) query = query.where("version", "=", version);
  const rows = await query.orderBy("version", "desc").execute();
  const aliases = await records
    .selectFrom("model_aliases")
    .select(["alias", "version"])
    .where("model", "=", model)
    .orderBy("alias")
    .execute();
  return rows.map((row) =>
    toVersion(
      row,
      aliases.filter((alias) => alias.version === row.version).map(({ alias }) => alias as ModelAlias),
    ),
  );
}

function toVersion(row: Selectable<Schema["model_versions"]>, aliases: ModelAlias[]): ModelVersion {
  return {
    model: row.model,
    version: row.version,
    runId: row.run_id,
    algorithm: row.algorithm,
    options: JSON.parse(row.options),
    seed: row.seed,
    snapshot: row.snapshot,
    metrics: JSON.parse(row.metrics),
    objectKey: row.object_key,
    sha256: row.sha256,
    bytes: row.bytes,
    createdAt: new Date(row.created_at),
    aliases,
  };
}

async function promote(
  records: Records,
  model: string,
  version: number,
  expected: number | null,
  record: PromotionRecord,
  at: Date,
): Promise<void> {
  const { role = "champion", kind = "promote" } = record;
  await takeTurn(records, `model ${model}`);
  if ((await versions(records, model, version)).length === 0) {
    throw new TamisError("not_found", `The model “${model}” has no version ${version}.`);
  }
  const holder = (await aliased(records, model, role)) ?? null;
  if (holder !== expected) {
    throw new TamisError(
      "conflict",
      `The ${role} of “${model}” is now version ${holder ?? "none"}, not ${expected ?? "none"}: somebody promoted meanwhile. Compare with the new ${role} and decide again.`,
      { details: { model, [role]: holder, expected } },
    );
  }
  if (holder === version) return;
  await setAlias(records, model, role, version);
  if (holder !== null) await setAlias(records, model, previousOf[role], holder);
  const entry = auditEntry(model, record, { role, version, previous: holder });
  await writeAudit(records, { ...entry, action: `model.${kind}`, outcome: "done" }, at);
}

function auditEntry(
  model: string,
  { actor, reason, runId, forced = false, requestId }: PromotionRecord,
  details: Readonly<Record<string, string | number | null>>,
): Omit<AuditEntry, "action" | "outcome"> {
  return {
    actor,
    subject: model,
    reason,
    requestId,
    details: { ...details, run_id: runId ?? null, forced },
  };
}

const previousOf = { champion: "previous", ranker: "previous_ranker" } as const;

async function setAlias(records: Records, model: string, alias: ModelAlias, version: number): Promise<void> {
  await records
    .insertInto("model_aliases")
    .values({ model, alias, version })
    .onConflict((conflict) => conflict.columns(["model", "alias"]).doUpdateSet({ version }))
    .execute();
}
