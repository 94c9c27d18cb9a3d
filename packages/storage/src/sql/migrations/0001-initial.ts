import { type ColumnDefinitionBuilder, sql } from "kysely";
import type { Records } from "../schema.ts";
import { tableBuilders } from "../table-builders.ts";
import type { Migration } from "./migration.ts";

/** The first schema: the data set, its imports and snapshots, runs and models. */
export const initial: Migration = { version: 1, name: "initial", up };

const required = (column: ColumnDefinitionBuilder) => column.notNull();
const key = (column: ColumnDefinitionBuilder) => column.primaryKey();
const requiredKey = (column: ColumnDefinitionBuilder) => column.primaryKey().notNull();
const counter = (column: ColumnDefinitionBuilder) => column.notNull().defaultTo(0);
const named = (column: ColumnDefinitionBuilder) => column.notNull().unique();

async function up(records: Records): Promise<void> {
  await createDataSet(records);
  await createCatalogue(records);
  await createLedger(records);
  await createRuns(records);
  await createModels(records);
}

async function createDataSet(records: Records): Promise<void> {
  const { schema, types, clusteredTable } = tableBuilders(records);
  await clusteredTable(
    schema
      .createTable("users")
      .addColumn("id", types.text, requiredKey)
      .addColumn("attributes", types.text, (column) => column.notNull().defaultTo("{}"))
      .addColumn("ratings", types.integer, counter)
      .addColumn("rating_sum", types.float, counter),
  );
  await schema.createIndex("users_by_ratings").on("users").columns(["ratings desc", "id"]).execute();
  await clusteredTable(
    schema
      .createTable("items")
      .addColumn("id", types.text, requiredKey)
      .addColumn("title", types.text, required)
      .addColumn("title_search", types.text, required)
      .addColumn("year", types.integer)
      .addColumn("ratings", types.integer, counter)
      .addColumn("rating_sum", types.float, counter),
  );
  await schema.createIndex("items_by_ratings").on("items").columns(["ratings desc", "id"]).execute();
  await clusteredTable(
    schema
      .createTable("ratings")
      .addColumn("user_id", types.text, required)
      .addColumn("item_id", types.text, required)
      // Neither NaN nor an infinity.
      .addColumn("rating", types.float, (column) =>
        column.notNull().check(sql`rating between -1.7976931348623157e308 and 1.7976931348623157e308`),
      )
      .addColumn("rated_at", types.integer)
      .addColumn("source", types.text, (column) => column.notNull().defaultTo("import"))
      .addPrimaryKeyConstraint("ratings_key", ["user_id", "item_id"]),
  );
  // Small, whatever the size of the data set: how an import finds the rows it must not touch.
  await schema
    .createIndex("ratings_not_imported")
    .on("ratings")
    .column("source")
    .where(sql.ref("source"), "<>", sql.lit("import"))
    .execute();
}

async function createCatalogue(records: Records): Promise<void> {
  const { schema, types, table, clusteredTable } = tableBuilders(records);
  for (const name of ["genres", "tags"]) {
    await table(
      schema.createTable(name).addColumn("id", types.generatedKey, key).addColumn("name", types.text, named),
    );
  }
  await clusteredTable(
    schema
      .createTable("item_genres")
      .addColumn("item_id", types.text, (column) =>
        column.notNull().references("items.id").onDelete("cascade"),
      )
      .addColumn("genre_id", types.integer, (column) => column.notNull().references("genres.id"))
      .addColumn("position", types.integer, required)
      .addPrimaryKeyConstraint("item_genres_key", ["item_id", "genre_id"]),
  );
  await schema.createIndex("item_genres_by_genre").on("item_genres").column("genre_id").execute();
  await clusteredTable(
    schema
      .createTable("item_tags")
      .addColumn("user_id", types.text, required)
      .addColumn("item_id", types.text, required)
      .addColumn("tag_id", types.integer, (column) => column.notNull().references("tags.id"))
      .addColumn("tagged_at", types.integer)
      .addPrimaryKeyConstraint("item_tags_key", ["item_id", "tag_id", "user_id"]),
  );
  await schema.createIndex("item_tags_by_user").on("item_tags").column("user_id").execute();
  await clusteredTable(
    schema
      .createTable("links")
      .addColumn("item_id", types.text, requiredKey)
      .addColumn("imdb_id", types.text)
      .addColumn("tmdb_id", types.text),
  );
  await table(
    schema
      .createTable("genome_tags")
      .addColumn("id", types.integer, key)
      .addColumn("name", types.text, required),
  );
  await clusteredTable(
    schema
      .createTable("genome_scores")
      .addColumn("item_id", types.text, required)
      .addColumn("tag_id", types.integer, required)
      .addColumn("relevance", types.float, required)
      .addPrimaryKeyConstraint("genome_scores_key", ["item_id", "tag_id"]),
  );
}

async function createLedger(records: Records): Promise<void> {
  const { schema, types, table } = tableBuilders(records);
  await table(
    schema
      .createTable("imports")
      .addColumn("id", types.text, requiredKey)
      .addColumn("source", types.text, required)
      .addColumn("source_digest", types.text, required)
      .addColumn("layout", types.text, required)
      .addColumn("status", types.text, required)
      .addColumn("rows", types.integer)
      .addColumn("rejected", types.integer)
      .addColumn("rejected_by_reason", types.text)
      .addColumn("users", types.integer)
      .addColumn("items", types.integer)
      .addColumn("scale_min", types.float)
      .addColumn("scale_max", types.float)
      .addColumn("snapshot", types.text)
      .addColumn("message", types.text)
      .addColumn("started_at", types.instant, required)
      .addColumn("ended_at", types.instant),
  );
  await schema.createIndex("imports_by_digest").on("imports").column("source_digest").execute();
  await table(
    schema
      .createTable("rejects")
      .addColumn("id", types.generatedKey, key)
      .addColumn("import_id", types.text, (column) =>
        column.notNull().references("imports.id").onDelete("cascade"),
      )
      .addColumn("source", types.text, required)
      .addColumn("line", types.integer, required)
      .addColumn("reason", types.text, required)
      .addColumn("detail", types.text, required)
      .addColumn("raw", types.text, required),
  );
  await schema.createIndex("rejects_by_reason").on("rejects").columns(["import_id", "reason"]).execute();
  await table(
    schema
      .createTable("snapshots")
      .addColumn("digest", types.text, requiredKey)
      .addColumn("parent", types.text)
      .addColumn("manifest_key", types.text, required)
      .addColumn("rows", types.integer, required)
      .addColumn("users", types.integer, required)
      .addColumn("items", types.integer, required)
      .addColumn("scale_min", types.float, required)
      .addColumn("scale_max", types.float, required)
      .addColumn("import_id", types.text)
      .addColumn("created_at", types.instant, required),
  );
  await table(
    schema
      .createTable("snapshot_aliases")
      .addColumn("alias", types.text, requiredKey)
      .addColumn("digest", types.text, (column) => column.notNull().references("snapshots.digest")),
  );
}

async function createRuns(records: Records): Promise<void> {
  const { schema, types, table } = tableBuilders(records);
  await table(
    schema
      .createTable("runs")
      .addColumn("id", types.text, requiredKey)
      .addColumn("experiment", types.text, required)
      .addColumn("name", types.text, required)
      .addColumn("status", types.text, required)
      .addColumn("snapshot", types.text)
      .addColumn("seed", types.integer)
      .addColumn("tags", types.text, required)
      .addColumn("code_version", types.text)
      .addColumn("host", types.text)
      .addColumn("message", types.text)
      .addColumn("started_at", types.instant, required)
      .addColumn("ended_at", types.instant),
  );
  await schema.createIndex("runs_by_start").on("runs").columns(["started_at", "id"]).execute();
  const ofRun = (column: ColumnDefinitionBuilder) =>
    column.notNull().references("runs.id").onDelete("cascade");
  await table(
    schema
      .createTable("run_parameters")
      .addColumn("run_id", types.text, ofRun)
      .addColumn("name", types.text, required)
      .addColumn("value", types.text, required)
      .addColumn("type", types.text, required)
      .addPrimaryKeyConstraint("run_parameters_key", ["run_id", "name"]),
  );
  await table(
    schema
      .createTable("run_metrics")
      .addColumn("run_id", types.text, ofRun)
      .addColumn("name", types.text, required)
      .addColumn("step", types.integer, required)
      .addColumn("value", types.float, required)
      .addColumn("logged_at", types.instant, required)
      .addPrimaryKeyConstraint("run_metrics_key", ["run_id", "name", "step"]),
  );
}

async function createModels(records: Records): Promise<void> {
  const { schema, types, table } = tableBuilders(records);
  await table(
    schema
      .createTable("model_versions")
      .addColumn("model", types.text, required)
      .addColumn("version", types.integer, required)
      .addColumn("run_id", types.text, required)
      .addColumn("algorithm", types.text, required)
      .addColumn("options", types.text, required)
      .addColumn("seed", types.integer, required)
      .addColumn("snapshot", types.text, required)
      .addColumn("metrics", types.text, required)
      .addColumn("object_key", types.text, required)
      .addColumn("sha256", types.text, required)
      .addColumn("bytes", types.integer, required)
      .addColumn("created_at", types.instant, required)
      .addPrimaryKeyConstraint("model_versions_key", ["model", "version"]),
  );
  await table(
    schema
      .createTable("model_aliases")
      .addColumn("model", types.text, required)
      .addColumn("alias", types.text, required)
      .addColumn("version", types.integer, required)
      .addPrimaryKeyConstraint("model_aliases_key", ["model", "alias"])
      .addForeignKeyConstraint("model_aliases_version", ["model", "version"], "model_versions", [
        "model",
        "version",
      ]),
  );
}
