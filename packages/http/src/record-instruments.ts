import { Counter, Gauge, type Registry } from "prom-client";

/** The instruments of `recordMetrics`. Labels have few values: names of pipelines, columns, rules; never an id. */
export type RecordInstruments = ReturnType<typeof createRecordInstruments>;

export function createRecordInstruments(registry: Registry) {
  const registers = [registry];
  const gauge = <Label extends string = never>(name: string, help: string, ...labelNames: Label[]) =>
    new Gauge({ name, help, labelNames, registers });
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter({ name, help, labelNames, registers });
  return {
    up: gauge("records_up", "1 when the records could be read for these metrics."),
    ratings: gauge("dataset_ratings", "Ratings, without synthetic ones."),
    users: gauge("dataset_users", "Users who rated."),
    items: gauge("dataset_items", "Items that are rated."),
    averageRating: gauge("dataset_average_rating", "Mean rating, in units of the scale."),
    trainings: counter("training_runs_total", "Trainings that ended, by how.", "status"),
    trainingsOpen: gauge("training_runs_open", "Trainings at work."),
    ingested: counter("ingest_rows_total", "Rows of finished imports, by outcome.", "outcome"),
    refused: counter("validation_failures_total", "Rows refused by finished imports, by rule.", "rule"),
    pipelinesOpen: gauge("pipeline_runs_open", "Runs of pipelines that wait or work.", "status"),
    pipelineSeconds: gauge(
      "pipeline_run_duration_seconds",
      "How long the latest run took, by how it ended.",
      "pipeline",
      "status",
    ),
    pipelineSuccess: gauge(
      "pipeline_last_success_timestamp_seconds",
      "When the pipeline last finished.",
      "pipeline",
    ),
    retries: counter("pipeline_step_retries_total", "Steps tried again.", "pipeline", "step"),
    modelAge: gauge("model_age_seconds", "Age of the champion.", "model"),
    modelMetric: gauge("model_metric", "Quality of the champion, as it was measured.", "model", "metric"),
    dataDrift: gauge(
      "data_drift_detected",
      "1 when the data differ from the baseline: their figures now, or the latest report.",
    ),
    driftedRatio: gauge("drifted_columns_ratio", "Drifted columns of the latest report / all of them."),
    driftReport: gauge("drift_report_timestamp_seconds", "When the latest report was made."),
    driftDetected: gauge("drift_detected", "1 for a column that drifted in the latest report.", "column"),
    driftScore: gauge(
      "drift_score",
      "Statistic, distance or p-value of the latest report, by method.",
      "column",
      "check",
      "method",
    ),
    driftEffect: gauge("drift_effect", "Size of the difference in the latest report.", "column", "check"),
  };
}
