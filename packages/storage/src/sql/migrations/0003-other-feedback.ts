import type { ColumnDefinitionBuilder } from "kysely";
import type { Records } from "../schema.ts";
import { tableBuilders } from "../table-builders.ts";
import type { Migration } from "./migration.ts";

/** Feedback beside ratings: reviews, benchmark results of devices, and documents. */
export const otherFeedback: Migration = { version: 3, name: "other feedback", up };

const required = (column: ColumnDefinitionBuilder) => column.notNull();
const key = (column: ColumnDefinitionBuilder) => column.primaryKey().notNull();
const words = (column: ColumnDefinitionBuilder) => column.notNull().defaultTo("");

async function up(records: Records): Promise<void> {
  await createReviews(records);
  await createBenchmarks(records);
  await createDocuments(records);
}

async function createReviews(records: Records): Promise<void> {
  const { schema, types, table } = tableBuilders(records);
  await table(
    schema
      .createTable("reviews")
      .addColumn("id", types.text, key)
      .addColumn("user_id", types.text, required)
      .addColumn("item_id", types.text, required)
      .addColumn("rating", types.float)
      .addColumn("title", types.text, words)
      .addColumn("text", types.text, words)
      .addColumn("reviewed_at", types.integer),
  );
  await schema.createIndex("reviews_by_item").on("reviews").columns(["item_id", "id"]).execute();
  await schema.createIndex("reviews_by_user").on("reviews").columns(["user_id", "id"]).execute();
}

async function createBenchmarks(records: Records): Promise<void> {
  const { schema, types, table } = tableBuilders(records);
  await table(
    schema
      .createTable("devices")
      .addColumn("id", types.text, key)
      .addColumn("identifier", types.text, (column) => column.notNull().unique())
      .addColumn("hostname", types.text, required)
      .addColumn("fqdn", types.text)
      .addColumn("description", types.text)
      .addColumn("asset_tag", types.text)
      .addColumn("location", types.text)
      .addColumn("owner", types.text)
      .addColumn("tags", types.text, (column) => column.notNull().defaultTo("[]"))
      .addColumn("created_at", types.instant, required)
      .addColumn("updated_at", types.instant, required),
  );
  await schema.createIndex("devices_by_hostname").on("devices").column("hostname").execute();
  await table(
    schema
      .createTable("benchmarks")
      .addColumn("id", types.text, key)
      .addColumn("device_id", types.text, (column) =>
        column.notNull().references("devices.id").onDelete("cascade"),
      )
      .addColumn("script_version", types.text)
      .addColumn("results", types.text, required)
      .addColumn("digest", types.text, (column) => column.notNull().unique())
      .addColumn("cpu_score", types.float)
      .addColumn("memory_score", types.float)
      .addColumn("disk_score", types.float)
      .addColumn("network_score", types.float)
      .addColumn("gpu_score", types.float)
      .addColumn("global_score", types.float)
      .addColumn("complete", types.boolean, required)
      .addColumn("flagged", types.boolean, required)
      .addColumn("created_at", types.instant, required),
  );
  await schema
    .createIndex("benchmarks_by_device")
    .on("benchmarks")
    .columns(["device_id", "created_at"])
    .execute();
}

async function createDocuments(records: Records): Promise<void> {
  const { schema, types, table } = tableBuilders(records);
  await table(
    schema
      .createTable("documents")
      .addColumn("id", types.text, key)
      .addColumn("name", types.text, required)
      .addColumn("content_type", types.text, required)
      .addColumn("bytes", types.integer, required)
      .addColumn("sha256", types.text, required)
      .addColumn("object_key", types.text, required)
      .addColumn("device_id", types.text, (column) => column.references("devices.id").onDelete("set null"))
      .addColumn("created_at", types.instant, required),
  );
  await schema.createIndex("documents_by_device").on("documents").column("device_id").execute();
}
