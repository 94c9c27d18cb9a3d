import { accessComments } from "./access-comments.ts";
import type { Schema } from "./schema.ts";

/** What a table holds and what each of its columns means, in words for a person. */
export type SchemaComments = {
  readonly [Table in keyof Schema]: {
    readonly holds: string;
    readonly columns: { readonly [Column in keyof Schema[Table]]: string };
  };
};

const scaleColumns = {
  scale_min: "lowest rating of the scale",
  scale_max: "highest rating of the scale",
};
const nameColumns = { id: "number of the row", name: "the word itself" };

/** The words of every table and column; a test compares them with the database. */
export const schemaComments: SchemaComments = {
  users: {
    holds: "one row a user",
    columns: {
      id: "the user's id, as text",
      attributes: "JSON object: what the source says of the user",
      ratings: "running total: the user's ratings, without synthetic ones",
      rating_sum: "running total: their sum",
    },
  },
  items: {
    holds: "one row an item that is rated or described",
    columns: {
      id: "the item's id, as text",
      title: "its title; the id where the source has none",
      title_search: "the title in lower case without accents",
      year: "release year",
      ratings: "running total: the item's ratings, without synthetic ones",
      rating_sum: "running total: their sum",
    },
  },
  genres: { holds: "names of genres", columns: nameColumns },
  item_genres: {
    holds: "the genres of items",
    columns: {
      item_id: "items.id",
      genre_id: "genres.id",
      position: "place among the item's genres, from 0",
    },
  },
  ratings: {
    holds: "the current data set: one row a user and item",
    columns: {
      user_id: "users.id",
      item_id: "items.id",
      rating: "the value, in units of the scale",
      rated_at: "when, in Unix seconds; null when unknown",
      source: "import (replaced by the next import), api or synthetic (never touched by one)",
    },
  },
  tags: { holds: "words that users put on items", columns: nameColumns },
  item_tags: {
    holds: "who put which word on which item",
    columns: {
      user_id: "users.id",
      item_id: "items.id",
      tag_id: "tags.id",
      tagged_at: "when, in Unix seconds",
    },
  },
  links: {
    holds: "an item's numbers elsewhere",
    columns: { item_id: "items.id", imdb_id: "IMDb number, zeros kept", tmdb_id: "TMDB number" },
  },
  genome_tags: {
    holds: "tags of the tag genome",
    columns: { id: "the source's tag number", name: "the tag" },
  },
  genome_scores: {
    holds: "the tag genome",
    columns: { item_id: "items.id", tag_id: "genome_tags.id", relevance: "how much the tag applies, 0..1" },
  },
  reviews: {
    holds: "ratings in words",
    columns: {
      id: "the review's id, as text",
      user_id: "users.id",
      item_id: "items.id",
      rating: "the value, in units of the scale; null when it has none",
      title: "its heading, empty when it has none",
      text: "its words",
      reviewed_at: "when, in Unix seconds; null when unknown",
    },
  },
  devices: {
    holds: "machines that benchmarks run on",
    columns: {
      id: "UUID version 7",
      identifier: "what it is known by: what it calls itself, else its host name",
      hostname: "its host name",
      fqdn: "its full host name",
      description: "what it is",
      asset_tag: "its inventory number",
      location: "where it stands",
      owner: "whose it is",
      tags: "JSON array: free labels",
      created_at: "when it was first seen",
      updated_at: "when this row last changed",
    },
  },
  benchmarks: {
    holds: "benchmark results of devices",
    columns: {
      id: "UUID version 7",
      device_id: "devices.id",
      script_version: "version of the program that measured",
      results: "JSON object: what was measured",
      digest: "SHA-256 of what was sent: the same twice is one row",
      cpu_score: "0..100, null when it was not measured",
      memory_score: "0..100, null when it was not measured",
      disk_score: "0..100, null when it was not measured",
      network_score: "0..100, null when it was not measured",
      gpu_score: "0..100, null when it was not measured",
      global_score: "0..100: weighted mean of the parts, null without cpu_score",
      complete: "whether every part was measured",
      flagged: "whether its sender's scores differ from those computed here",
      created_at: "when it came in",
    },
  },
  documents: {
    holds: "files that were uploaded; their bytes are objects",
    columns: {
      id: "UUID version 7",
      name: "its name where it came from",
      content_type: "its type, by content",
      bytes: "its size",
      sha256: "digest of its bytes",
      object_key: "the file in the object store",
      device_id: "devices.id it is about, if any",
      created_at: "when it came in",
    },
  },
  imports: {
    holds: "the import ledger",
    columns: {
      id: "the import's id",
      source: "file or folder, as the user named it",
      source_digest:
        "SHA-256 of its bytes and of the options that change their meaning; empty until they were read",
      layout: "what the source was taken for",
      status: "running, finished, failed or cancelled",
      rows: "accepted ratings",
      rejected: "refused rows",
      rejected_by_reason: "JSON object: refused rows by reason",
      users: "users who rated",
      items: "items rated",
      ...scaleColumns,
      snapshot: "snapshots.digest it made",
      message: "why it failed",
      started_at: "when it began",
      ended_at: "when it ended",
    },
  },
  rejects: {
    holds: "refused rows, with place and reason",
    columns: {
      id: "order of arrival",
      import_id: "imports.id",
      source: "the file",
      line: "1-based line or row in it",
      reason: "code of the reason",
      detail: "the reason in a sentence",
      raw: "the row as it was read, cut at 1000 characters",
    },
  },
  snapshots: {
    holds: "immutable data sets in the lake",
    columns: {
      digest: "SHA-256 of its content",
      parent: "digest of the snapshot it was added to",
      manifest_key: "its manifest in the object store",
      rows: "ratings",
      users: "users who rated",
      items: "items rated",
      ...scaleColumns,
      import_id: "imports.id that made it",
      created_at: "when it was made",
    },
  },
  snapshot_aliases: {
    holds: "names of snapshots",
    columns: { alias: "current", digest: "snapshots.digest" },
  },
  runs: {
    holds: "trainings and other experiments",
    columns: {
      id: "UUID version 7",
      experiment: "what it belongs to",
      name: "what it did",
      status: "running, finished, failed or cancelled",
      snapshot: "digest of the data it worked on",
      seed: "seed of everything random in it",
      tags: "JSON object: free labels",
      code_version: "version of the program",
      host: "JSON object: facts of the machine",
      message: "verdict or error, in a sentence",
      started_at: "when it began",
      ended_at: "when it ended",
    },
  },
  run_parameters: {
    holds: "what a run was given",
    columns: {
      run_id: "runs.id",
      name: "the parameter",
      value: "its value as text",
      type: "string, number or boolean",
    },
  },
  run_metrics: {
    holds: "what a run measured",
    columns: {
      run_id: "runs.id",
      name: "the metric",
      step: "epoch, fold or 0",
      value: "its value",
      logged_at: "when it was logged",
    },
  },
  run_artifacts: {
    holds: "files that a run made",
    columns: {
      run_id: "runs.id",
      path: "its name inside the run",
      content_type: "media type",
      object_key: "its bytes in the object store",
      sha256: "digest of the bytes",
      bytes: "size",
      logged_at: "when it was logged",
    },
  },
  model_versions: {
    holds: "model versions: they never change",
    columns: {
      model: "name of the registered model",
      version: "1, 2, 3… by model",
      run_id: "runs.id that trained it",
      algorithm: "name of the recommender",
      options: "JSON object: its options",
      seed: "seed of the fit",
      snapshot: "digest of the data it was fitted on",
      metrics: "JSON object: its measured quality",
      object_key: "the model file in the object store",
      sha256: "digest of the model file",
      bytes: "size of the model file",
      created_at: "when it was added",
    },
  },
  model_aliases: {
    holds: "which version is served",
    columns: {
      model: "name of the registered model",
      alias: "champion or ranker, previous or previous_ranker",
      version: "model_versions.version",
    },
  },
  pipeline_runs: {
    holds: "the run ledger: one row a pipeline, interval and configuration",
    columns: {
      id: "UUID version 7",
      pipeline: "name of the pipeline",
      interval_start: "where the interval it is about begins",
      interval_end: "where it ends",
      config: "JSON object: what the run was given",
      config_digest: "SHA-256 of the configuration in canonical JSON",
      status: "queued, running, finished, failed or cancelled",
      token: "fencing token: goes up each time a worker takes the run",
      worker: "who took it last",
      lease_until: "until when it is theirs unless they renew, by the database's clock",
      lost_workers: "how many workers in a row let their lease run out",
      progress: "JSON object: how far the present step is",
      cancel_requested_at: "when its cancellation was asked for",
      error_code: "code of the failure",
      message: "the failure in a sentence",
      created_at: "when it was first asked for",
      started_at: "when a worker first took it",
      ended_at: "when it ended",
    },
  },
  step_runs: {
    holds: "every attempt of every step",
    columns: {
      run_id: "pipeline_runs.id",
      step: "name of the step",
      attempt: "1, 2, 3… by step",
      token: "pipeline_runs.token it was made under",
      status: "running, finished, failed, cancelled or lost (its worker let the lease run out)",
      worker: "who made it",
      output: "JSON: what it answered; null unless it finished",
      output_digest: "SHA-256 of the output",
      error_code: "code of the failure",
      message: "the failure in a sentence",
      started_at: "when it began",
      ended_at: "when it ended",
    },
  },
  incidents: {
    holds: "times in which a pipeline was failing",
    columns: {
      id: "UUID version 7",
      pipeline: "name of the pipeline",
      opened_by: "pipeline_runs.id that failed first",
      opened_at: "when",
      failures: "runs that failed in it",
      closed_by: "pipeline_runs.id that finished first",
      closed_at: "when",
    },
  },
  ...accessComments,
  recommendations: {
    holds: "the log of lists that were recommended",
    columns: {
      id: "UUID version 7",
      at: "when",
      user_id: "for whom",
      method: "collaborative_filtering, cold_start or cold_start_fallback",
      model_version: "model_versions.version that made it; null without a model",
      requested: "how many items were asked for",
      items: "JSON array: [item id, score] from the first place on",
      mean_score: "mean of the scores",
    },
  },
  drift_baselines: {
    holds: "sketches that later data are compared with; the newest version counts",
    columns: {
      name: "what it is a baseline of",
      version: "1, 2, 3… by name",
      digest: "SHA-256 of the document",
      snapshot: "digest of the snapshot it was taken from",
      document: "JSON: counts by value, no rows",
      created_by: "who took it",
      created_at: "when",
    },
  },
  drift_reports: {
    holds: "comparisons with a baseline",
    columns: {
      id: "UUID version 7",
      baseline: "drift_baselines.name",
      baseline_version: "drift_baselines.version",
      profile: "calibrated, evidently or simple",
      verdict: "drift, no drift or not enough data",
      document: "JSON: every check with its figures",
      created_at: "when",
    },
  },
  schema_version: {
    holds: "the migrations that were applied",
    columns: { version: "number of the migration", name: "its name", applied_at: "when" },
  },
};
