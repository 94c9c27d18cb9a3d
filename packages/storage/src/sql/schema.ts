import type { ColumnType, Generated, Kysely } from "kysely";

/**
 * The records of a data dir: a Kysely instance on SQLite or Postgres. It is the port itself; every module of
 * `sql/` takes it (or a transaction of it) as its first argument.
 */
export type Records = Kysely<Schema>;

/** An instant: ISO 8601 UTC text on SQLite, `timestamptz` on Postgres. Write a `Date`; read with `new Date(…)`. */
export type Instant = ColumnType<Date | string, Date, Date>;
type OptionalInstant = ColumnType<Date | string | null, Date | null | undefined, Date | null>;

/** Where a rating row came from. An import replaces `import` rows only. */
export type RatingSource = "import" | "api" | "synthetic";

/**
 * Every table, by its public name. Ids of users and items are TEXT holding `String(id)`; JSON is TEXT.
 * What each table and column means, for a person, is in `schema-comments.ts`.
 */
export interface Schema {
  users: UserRow;
  items: ItemRow;
  genres: NameRow;
  item_genres: { item_id: string; genre_id: number; position: number };
  ratings: RatingRow;
  tags: NameRow;
  item_tags: { user_id: string; item_id: string; tag_id: number; tagged_at: number | null };
  links: { item_id: string; imdb_id: string | null; tmdb_id: string | null };
  genome_tags: { id: number; name: string };
  genome_scores: { item_id: string; tag_id: number; relevance: number };
  reviews: ReviewRow;
  devices: DeviceRow;
  benchmarks: BenchmarkRow;
  documents: DocumentRow;
  imports: ImportRow;
  rejects: RejectRow;
  snapshots: SnapshotRow;
  snapshot_aliases: { alias: string; digest: string };
  runs: RunRow;
  run_parameters: { run_id: string; name: string; value: string; type: string };
  run_metrics: { run_id: string; name: string; step: number; value: number; logged_at: Instant };
  run_artifacts: RunArtifactRow;
  model_versions: ModelVersionRow;
  model_aliases: { model: string; alias: string; version: number };
  pipeline_runs: PipelineRunRow;
  step_runs: StepRunRow;
  incidents: IncidentRow;
  tokens: TokenRow;
  sessions: SessionRow;
  audit: AuditRow;
  idempotency_keys: IdempotencyKeyRow;
  recommendations: RecommendationRow;
  drift_baselines: DriftBaselineRow;
  drift_reports: DriftReportRow;
  schema_version: { version: number; name: string; applied_at: Instant };
}

interface NameRow {
  id: Generated<number>;
  name: string;
}

interface UserRow {
  id: string;
  attributes: ColumnType<string, string | undefined, string>;
  ratings: Generated<number>;
  rating_sum: Generated<number>;
}

interface ItemRow {
  id: string;
  title: string;
  title_search: string;
  year: number | null;
  ratings: Generated<number>;
  rating_sum: Generated<number>;
}

interface RatingRow {
  user_id: string;
  item_id: string;
  rating: number;
  rated_at: number | null;
  source: RatingSource;
}

interface ReviewRow {
  id: string;
  user_id: string;
  item_id: string;
  rating: number | null;
  title: Generated<string>;
  text: Generated<string>;
  reviewed_at: number | null;
}

interface DeviceRow {
  id: string;
  identifier: string;
  hostname: string;
  fqdn: string | null;
  description: string | null;
  asset_tag: string | null;
  location: string | null;
  owner: string | null;
  tags: Generated<string>;
  created_at: Instant;
  updated_at: Instant;
}

interface BenchmarkRow {
  id: string;
  device_id: string;
  script_version: string | null;
  results: string;
  digest: string;
  cpu_score: number | null;
  memory_score: number | null;
  disk_score: number | null;
  network_score: number | null;
  gpu_score: number | null;
  global_score: number | null;
  complete: boolean;
  flagged: boolean;
  created_at: Instant;
}

interface DocumentRow {
  id: string;
  name: string;
  content_type: string;
  bytes: number;
  sha256: string;
  object_key: string;
  device_id: string | null;
  created_at: Instant;
}

interface ImportRow {
  id: string;
  source: string;
  source_digest: string;
  layout: string;
  status: "running" | "finished" | "failed" | "cancelled";
  rows: number | null;
  rejected: number | null;
  rejected_by_reason: string | null;
  users: number | null;
  items: number | null;
  scale_min: number | null;
  scale_max: number | null;
  snapshot: string | null;
  message: string | null;
  started_at: Instant;
  ended_at: OptionalInstant;
}

interface RejectRow {
  id: Generated<number>;
  import_id: string;
  source: string;
  line: number;
  reason: string;
  detail: string;
  raw: string;
}

interface SnapshotRow {
  digest: string;
  parent: string | null;
  manifest_key: string;
  rows: number;
  users: number;
  items: number;
  scale_min: number;
  scale_max: number;
  import_id: string | null;
  created_at: Instant;
}

interface RunRow {
  id: string;
  experiment: string;
  name: string;
  status: "running" | "finished" | "failed" | "cancelled";
  snapshot: string | null;
  seed: number | null;
  tags: string;
  code_version: string | null;
  host: string | null;
  message: string | null;
  started_at: Instant;
  ended_at: OptionalInstant;
}

interface RunArtifactRow {
  run_id: string;
  path: string;
  content_type: string;
  object_key: string;
  sha256: string;
  bytes: number;
  logged_at: Instant;
}

interface ModelVersionRow {
  model: string;
  version: number;
  run_id: string;
  algorithm: string;
  options: string;
  seed: number;
  snapshot: string;
  metrics: string;
  object_key: string;
  sha256: string;
  bytes: number;
  created_at: Instant;
}

interface PipelineRunRow {
  id: string;
  pipeline: string;
  interval_start: Instant;
  interval_end: Instant;
  config: string;
  config_digest: string;
  status: "queued" | "running" | "finished" | "failed" | "cancelled";
  token: Generated<number>;
  worker: string | null;
  lease_until: OptionalInstant;
  lost_workers: Generated<number>;
  progress: string | null;
  cancel_requested_at: OptionalInstant;
  error_code: string | null;
  message: string | null;
  created_at: Instant;
  started_at: OptionalInstant;
  ended_at: OptionalInstant;
}

interface StepRunRow {
  run_id: string;
  step: string;
  attempt: number;
  token: number;
  status: "running" | "finished" | "failed" | "cancelled" | "lost";
  worker: string;
  output: string | null;
  output_digest: string | null;
  error_code: string | null;
  message: string | null;
  started_at: Instant;
  ended_at: OptionalInstant;
}

interface IncidentRow {
  id: string;
  pipeline: string;
  opened_by: string;
  opened_at: Instant;
  failures: number;
  closed_by: string | null;
  closed_at: OptionalInstant;
}

interface TokenRow {
  id: string;
  name: string;
  role: string;
  hash: string;
  created_at: Instant;
  expires_at: OptionalInstant;
  last_used_at: OptionalInstant;
  revoked_at: OptionalInstant;
}

interface SessionRow {
  hash: string;
  token_id: string;
  created_at: Instant;
  seen_at: Instant;
}

interface AuditRow {
  id: string;
  at: Instant;
  actor: string;
  action: string;
  subject: string | null;
  outcome: "done" | "refused" | "denied" | "failed";
  reason: string | null;
  request_id: string | null;
  details: Generated<string>;
}

interface IdempotencyKeyRow {
  caller: string;
  key: string;
  request_digest: string;
  holder: string;
  lease_until: Instant;
  status: number | null;
  headers: Generated<string>;
  body: string | null;
  created_at: Instant;
}

interface RecommendationRow {
  id: string;
  at: Instant;
  user_id: string;
  method: string;
  model_version: number | null;
  requested: number;
  items: string;
  mean_score: number;
}

interface DriftBaselineRow {
  name: string;
  version: number;
  digest: string;
  snapshot: string | null;
  document: string;
  created_by: string;
  created_at: Instant;
}

interface DriftReportRow {
  id: string;
  baseline: string;
  baseline_version: number;
  profile: string;
  verdict: string;
  document: string;
  created_at: Instant;
}
