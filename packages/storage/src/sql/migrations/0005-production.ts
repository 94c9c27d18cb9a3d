import type { ColumnDefinitionBuilder } from "kysely";
import type { Records } from "../schema.ts";
import { tableBuilders } from "../table-builders.ts";
import type { Migration } from "./migration.ts";

/** What a service in production remembers: who may enter, what was done, what was recommended, what drifted. */
export const production: Migration = { version: 5, name: "production", up };

const required = (column: ColumnDefinitionBuilder) => column.notNull();
const key = (column: ColumnDefinitionBuilder) => column.primaryKey().notNull();
const object = (column: ColumnDefinitionBuilder) => column.notNull().defaultTo("{}");

async function up(records: Records): Promise<void> {
  await createAccess(records);
  await createSessions(records);
  await createArtifacts(records);
  await createRecommendations(records);
  await createDrift(records);
}

async function createAccess(records: Records): Promise<void> {
  const { schema, types, table } = tableBuilders(records);
  await table(
    schema
      .createTable("tokens")
      .addColumn("id", types.text, key)
      .addColumn("name", types.text, required)
      .addColumn("role", types.text, required)
      .addColumn("hash", types.text, (column) => column.notNull().unique())
      .addColumn("created_at", types.instant, required)
      .addColumn("expires_at", types.instant)
      .addColumn("last_used_at", types.instant)
      .addColumn("revoked_at", types.instant),
  );
  await table(
    schema
      .createTable("audit")
      .addColumn("id", types.text, key)
      .addColumn("at", types.instant, required)
      .addColumn("actor", types.text, required)
      .addColumn("action", types.text, required)
      .addColumn("subject", types.text)
      .addColumn("outcome", types.text, required)
      .addColumn("reason", types.text)
      .addColumn("request_id", types.text)
      .addColumn("details", types.text, object),
  );
  await schema.createIndex("audit_by_subject").on("audit").columns(["subject", "id"]).execute();
  await schema.createIndex("audit_by_action").on("audit").columns(["action", "id"]).execute();
  await table(
    schema
      .createTable("idempotency_keys")
      .addColumn("caller", types.text, required)
      .addColumn("key", types.text, required)
      .addColumn("request_digest", types.text, required)
      .addColumn("holder", types.text, required)
      .addColumn("lease_until", types.instant, required)
      .addColumn("status", types.integer)
      .addColumn("headers", types.text, object)
      .addColumn("body", types.text)
      .addColumn("created_at", types.instant, required)
      .addPrimaryKeyConstraint("idempotency_keys_pk", ["caller", "key"]),
  );
  await schema.createIndex("idempotency_keys_by_age").on("idempotency_keys").column("created_at").execute();
}

async function createSessions(records: Records): Promise<void> {
  const { schema, types, table } = tableBuilders(records);
  await table(
    schema
      .createTable("sessions")
      .addColumn("hash", types.text, key)
      .addColumn("token_id", types.text, required)
      .addColumn("created_at", types.instant, required)
      .addColumn("seen_at", types.instant, required),
  );
  await schema.createIndex("sessions_by_age").on("sessions").column("created_at").execute();
}

async function createArtifacts(records: Records): Promise<void> {
  const { schema, types, table } = tableBuilders(records);
  await table(
    schema
      .createTable("run_artifacts")
      .addColumn("run_id", types.text, (column) => column.notNull().references("runs.id").onDelete("cascade"))
      .addColumn("path", types.text, required)
      .addColumn("content_type", types.text, required)
      .addColumn("object_key", types.text, required)
      .addColumn("sha256", types.text, required)
      .addColumn("bytes", types.integer, required)
      .addColumn("logged_at", types.instant, required)
      .addPrimaryKeyConstraint("run_artifacts_pk", ["run_id", "path"]),
  );
  // Runs by a metric: all that such a question reads of it.
  await schema
    .createIndex("run_metrics_by_name")
    .on("run_metrics")
    .columns(["name", "run_id", "step", "value"])
    .execute();
}

async function createRecommendations(records: Records): Promise<void> {
  const { schema, types, table } = tableBuilders(records);
  await table(
    schema
      .createTable("recommendations")
      .addColumn("id", types.text, key)
      .addColumn("at", types.instant, required)
      .addColumn("user_id", types.text, required)
      .addColumn("method", types.text, required)
      .addColumn("model_version", types.integer)
      .addColumn("requested", types.integer, required)
      .addColumn("items", types.text, required)
      .addColumn("mean_score", types.float, required),
  );
  await schema.createIndex("recommendations_by_time").on("recommendations").column("at").execute();
  await schema.createIndex("recommendations_by_user").on("recommendations").column("user_id").execute();
}

async function createDrift(records: Records): Promise<void> {
  const { schema, types, table } = tableBuilders(records);
  await table(
    schema
      .createTable("drift_baselines")
      .addColumn("name", types.text, required)
      .addColumn("version", types.integer, required)
      .addColumn("digest", types.text, required)
      .addColumn("snapshot", types.text)
      .addColumn("document", types.text, required)
      .addColumn("created_by", types.text, required)
      .addColumn("created_at", types.instant, required)
      .addPrimaryKeyConstraint("drift_baselines_pk", ["name", "version"]),
  );
  await table(
    schema
      .createTable("drift_reports")
      .addColumn("id", types.text, key)
      .addColumn("baseline", types.text, required)
      .addColumn("baseline_version", types.integer, required)
      .addColumn("profile", types.text, required)
      .addColumn("verdict", types.text, required)
      .addColumn("document", types.text, required)
      .addColumn("created_at", types.instant, required),
  );
  await schema
    .createIndex("drift_reports_by_baseline")
    .on("drift_reports")
    .columns(["baseline", "id"])
    .execute();
}
