import { type ColumnDefinitionBuilder, sql } from "kysely";
import type { Migration } from "../migrate.ts";
import type { Records } from "../schema.ts";
import { tableBuilders } from "../table-builders.ts";

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
      .addColumn("id", "text", requiredKey)
      .addColumn("attributes", "text", (column) => column.notNull().defaultTo("{}"))
      .addColumn("ratings", types.integer, counter)
      .addColumn("rating_sum", types.float, counter),
  );
  await schema.createIndex("users_by_ratings").on("users").columns(["ratings desc", "id"]).execute();
  await clusteredTable(
    schema
      .createTable("items")
      .addColumn("id", "text", requiredKey)
      .addColumn("title", "text", required)
      .addColumn("title_search", "text", required)
      .addColumn("year", types.integer)
      .addColumn("ratings", types.integer, counter)
      .addColumn("rating_sum", types.float, counter),
  );
  await schema.createIndex("items_by_ratings").on("items").columns(["ratings desc", "id"]).execute();
  await clusteredTable(
    schema
      .createTable("ratings")
      .addColumn("user_id", "text", required)
      .addColumn("item_id", "text", required)
      // Neither NaN nor an infinity.
      .addColumn("rating", types.float, (column) =>
        column.notNull().check(sql`rating between -1.7976931348623157e308 and 1.7976931348623157e308`),
      )
      .addColumn("rated_at", types.integer)
      .addColumn("source", "text", (column) => column.notNull().defaultTo("import"))
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
      schema.createTable(name).addColumn("id", types.generatedKey, key).addColumn("name", "text", named),
    );
  }
  await clusteredTable(
    schema
      .createTable("item_genres")
      .addColumn("item_id", "text", (column) => column.notNull().references("items.id").onDelete("cascade"))
      .addColumn("genre_id", types.integer, (column) => column.notNull().references("genres.id"))
      .addColumn("position", types.integer, required)
      .addPrimaryKeyConstraint("item_genres_key", ["item_id", "genre_id"]),
  );
  await schema.createIndex("item_genres_by_genre").on("item_genres").column("genre_id").execute();
  await clusteredTable(
    schema
      .createTable("item_tags")
      .addColumn("user_id", "text", required)
      .addColumn("item_id", "text", required)
      .addColumn("tag_id", types.integer, (column) => column.notNull().references("tags.id"))
      .addColumn("tagged_at", types.integer)
      .addPrimaryKeyConstraint("item_tags_key", ["item_id", "tag_id", "user_id"]),
  );
  await schema.createIndex("item_tags_by_user").on("item_tags").column("user_id").execute();
  await clusteredTable(
    schema
      .createTable("links")
      .addColumn("item_id", "text", requiredKey)
      .addColumn("imdb_id", "text")
      .addColumn("tmdb_id", "text"),
  );
  await table(
    schema.createTable("genome_tags").addColumn("id", types.integer, key).addColumn("name", "text", required),
  );
  await clusteredTable(
    schema
      .createTable("genome_scores")
      .addColumn("item_id", "text", required)
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
      .addColumn("id", "text", requiredKey)
      .addColumn("source", "text", required)
      .addColumn("source_digest", "text", required)
      .addColumn("layout", "text", required)
      .addColumn("status", "text", required)
      .addColumn("rows", types.integer)
      .addColumn("rejected", types.integer)
      .addColumn("rejected_by_reason", "text")
      .addColumn("users", types.integer)
      .addColumn("items", types.integer)
      .addColumn("scale_min", types.float)
      .addColumn("scale_max", types.float)
      .addColumn("snapshot", "text")
      .addColumn("message", "text")
      .addColumn("started_at", types.instant, required)
      .addColumn("ended_at", types.instant),
  );
  await schema.createIndex("imports_by_digest").on("imports").column("source_digest").execute();
  await table(
    schema
      .createTable("rejects")
      .addColumn("id", types.generatedKey, key)
      .addColumn("import_id", "text", (column) =>
        column.notNull().references("imports.id").onDelete("cascade"),
      )
      .addColumn("source", "text", required)
      .addColumn("line", types.integer, required)
      .addColumn("reason", "text", required)
      .addColumn("detail", "text", required)
      .addColumn("raw", "text", required),
  );
  await schema.createIndex("rejects_by_reason").on("rejects").columns(["import_id", "reason"]).execute();
  await table(
    schema
      .createTable("snapshots")
      .addColumn("digest", "text", requiredKey)
      .addColumn("parent", "text")
      .addColumn("manifest_key", "text", required)
      .addColumn("rows", types.integer, required)
      .addColumn("users", types.integer, required)
      .addColumn("items", types.integer, required)
      .addColumn("scale_min", types.float, required)
      .addColumn("scale_max", types.float, required)
      .addColumn("import_id", "text")
      .addColumn("created_at", types.instant, required),
  );
  await table(
    schema
      .createTable("snapshot_aliases")
      .addColumn("alias", "text", requiredKey)
      .addColumn("digest", "text", (column) => column.notNull().references("snapshots.digest")),
  );
}

async function createRuns(records: Records): Promise<void> {
  const { schema, types, table } = tableBuilders(records);
  await table(
    schema
      .createTable("runs")
      .addColumn("id", "text", requiredKey)
      .addColumn("experiment", "text", required)
      .addColumn("name", "text", required)
      .addColumn("status", "text", required)
      .addColumn("snapshot", "text")
      .addColumn("seed", types.integer)
      .addColumn("tags", "text", required)
      .addColumn("code_version", "text")
      .addColumn("host", "text")
      .addColumn("message", "text")
      .addColumn("started_at", types.instant, required)
      .addColumn("ended_at", types.instant),
  );
  await schema.createIndex("runs_by_start").on("runs").columns(["started_at", "id"]).execute();
  const ofRun = (column: ColumnDefinitionBuilder) =>
    column.notNull().references("runs.id").onDelete("cascade");
  await table(
    schema
      .createTable("run_parameters")
      .addColumn("run_id", "text", ofRun)
      .addColumn("name", "text", required)
      .addColumn("value", "text", required)
      .addColumn("type", "text", required)
      .addPrimaryKeyConstraint("run_parameters_key", ["run_id", "name"]),
  );
  await table(
    schema
      .createTable("run_metrics")
      .addColumn("run_id", "text", ofRun)
      .addColumn("name", "text", required)
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
      .addColumn("model", "text", required)
      .addColumn("version", types.integer, required)
      .addColumn("run_id", "text", required)
      .addColumn("algorithm", "text", required)
      .addColumn("options", "text", required)
      .addColumn("seed", types.integer, required)
      .addColumn("snapshot", "text", required)
      .addColumn("metrics", "text", required)
      .addColumn("object_key", "text", required)
      .addColumn("sha256", "text", required)
      .addColumn("bytes", types.integer, required)
      .addColumn("created_at", types.instant, required)
      .addPrimaryKeyConstraint("model_versions_key", ["model", "version"]),
  );
  await table(
    schema
      .createTable("model_aliases")
      .addColumn("model", "text", required)
      .addColumn("alias", "text", required)
      .addColumn("version", types.integer, required)
      .addPrimaryKeyConstraint("model_aliases_key", ["model", "alias"])
      .addForeignKeyConstraint("model_aliases_version", ["model", "version"], "model_versions", [
        "model",
        "version",
      ]),
  );
}
