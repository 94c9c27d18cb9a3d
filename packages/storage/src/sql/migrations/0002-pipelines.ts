import { type ColumnDefinitionBuilder, sql } from "kysely";
import type { Records } from "../schema.ts";
import { tableBuilders } from "../table-builders.ts";
import type { Migration } from "./migration.ts";

/** The run ledger of pipelines. */
export const pipelines: Migration = { version: 2, name: "pipelines", up };

const required = (column: ColumnDefinitionBuilder) => column.notNull();
const key = (column: ColumnDefinitionBuilder) => column.primaryKey().notNull();
const counter = (column: ColumnDefinitionBuilder) => column.notNull().defaultTo(0);

async function up(records: Records): Promise<void> {
  const { schema, types, table } = tableBuilders(records);
  await table(
    schema
      .createTable("pipeline_runs")
      .addColumn("id", types.text, key)
      .addColumn("pipeline", types.text, required)
      .addColumn("interval_start", types.instant, required)
      .addColumn("interval_end", types.instant, required)
      .addColumn("config", types.text, required)
      .addColumn("config_digest", types.text, required)
      .addColumn("status", types.text, required)
      .addColumn("token", types.integer, counter)
      .addColumn("worker", types.text)
      .addColumn("lease_until", types.instant)
      .addColumn("lost_workers", types.integer, counter)
      .addColumn("progress", types.text)
      .addColumn("cancel_requested_at", types.instant)
      .addColumn("error_code", types.text)
      .addColumn("message", types.text)
      .addColumn("created_at", types.instant, required)
      .addColumn("started_at", types.instant)
      .addColumn("ended_at", types.instant)
      .addUniqueConstraint("pipeline_runs_once", [
        "pipeline",
        "interval_start",
        "interval_end",
        "config_digest",
      ]),
  );
  await schema
    .createIndex("pipeline_runs_waiting")
    .on("pipeline_runs")
    .columns(["status", "created_at", "id"])
    .execute();
  await table(
    schema
      .createTable("step_runs")
      .addColumn("run_id", types.text, (column) =>
        column.notNull().references("pipeline_runs.id").onDelete("cascade"),
      )
      .addColumn("step", types.text, required)
      .addColumn("attempt", types.integer, required)
      .addColumn("token", types.integer, required)
      .addColumn("status", types.text, required)
      .addColumn("worker", types.text, required)
      .addColumn("output", types.text)
      .addColumn("output_digest", types.text)
      .addColumn("error_code", types.text)
      .addColumn("message", types.text)
      .addColumn("started_at", types.instant, required)
      .addColumn("ended_at", types.instant)
      .addPrimaryKeyConstraint("step_runs_key", ["run_id", "step", "attempt"]),
  );
  await table(
    schema
      .createTable("incidents")
      .addColumn("id", types.text, key)
      .addColumn("pipeline", types.text, required)
      .addColumn("opened_by", types.text, required)
      .addColumn("opened_at", types.instant, required)
      .addColumn("failures", types.integer, required)
      .addColumn("closed_by", types.text)
      .addColumn("closed_at", types.instant),
  );
  await schema
    .createIndex("incidents_open")
    .unique()
    .on("incidents")
    .column("pipeline")
    .where(sql.ref("closed_at"), "is", null)
    .execute();
}
