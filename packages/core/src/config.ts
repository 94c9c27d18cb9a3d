import { z } from "zod";
import { TamisError } from "./errors.ts";
import { logLevels } from "./log.ts";

const port = z.int("a port is a whole number from 0 to 65535").min(0).max(65_535);
const digits = /^\d{1,9}$/;
const decimal = /^\d{1,9}(?:\.\d{1,6})?$/;

/** A number, or how the environment and flags write one. */
function numeric<Schema extends z.ZodType>(form: RegExp, schema: Schema) {
  return z.preprocess(
    (given) => (typeof given === "string" && form.test(given) ? Number(given) : given),
    schema,
  );
}

const origin = z
  .string()
  .regex(/^https?:\/\/[^\s/?#*]+$/, "an origin is written in full, such as https://shop.example");

/** Of http or https, and without a name or password: those would be seen in the list of processes. */
function isPlainHttpUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}

const settings = z.strictObject({
  /** Folder of everything that is stored locally. */
  dataDir: z.string().min(1).default("./tamis-data"),
  /** `sqlite:PATH` or `postgres://…`. Default: `tamis.db` in `dataDir`. */
  records: z.string().min(1).optional(),
  /** `file:PATH` or `s3://BUCKET/PREFIX?…`. Default: `lake` in `dataDir`. */
  objects: z.string().min(1).optional(),
  /** Address the service listens on. */
  host: z.string().min(1).default("127.0.0.1"),
  /** Port the service listens on, a number or its digits; 0 lets the system choose. */
  port: numeric(digits, port).default(8080),
  logLevel: z.enum(logLevels).default("info"),
  /** File with the URL that alerts of pipelines are posted to: the URL alone, or JSON with `url`, `shape`, `on`. */
  alertWebhookFile: z.string().min(1).optional(),
  /** Requests a second that one caller may send in the long run; 0: no limit. Default: 500, without tokens 0. */
  rateLimit: numeric(decimal, z.number().min(0)).optional(),
  /** Requests that one caller may send at once after a rest. Default: twice `rateLimit`. */
  rateBurst: numeric(digits, z.int().min(1)).optional(),
  /** Origins whose pages may call the service, as a list or with commas between them. */
  corsOrigins: z
    .preprocess(
      (given) => (typeof given === "string" ? given.split(",").map((each) => each.trim()) : given),
      z.array(origin),
    )
    .default([]),
  /** How many proxies stand in front of the service and add to `X-Forwarded-For`. */
  trustedProxies: numeric(digits, z.int().min(0).max(10)).default(0),
  /** Seconds in which a service that was told to stop says that it is not ready, and goes on. */
  drainSeconds: numeric(decimal, z.number().min(0).max(600)).default(0),
  /** MLflow server that runs and models are mirrored to. */
  mlflowUrl: z
    .string()
    .refine(isPlainHttpUrl, "must be an http or https URL without a password, such as http://localhost:5000")
    .optional(),
});

/**
 * Schema of the configuration: every setting of Tamis, named as in `tamis.config.json`, with its default.
 * The result is complete: both URLs are filled in.
 */
export const Config = settings.transform((given) => ({
  ...given,
  records: given.records ?? `sqlite:${given.dataDir}/tamis.db`,
  objects: given.objects ?? `file:${given.dataDir}/lake`,
}));
export type Config = z.infer<typeof Config>;

/** How each setting is called on the command line and in the environment. */
const names: Readonly<Record<keyof Config, { flag: string; variable: string }>> = {
  dataDir: { flag: "--data-dir", variable: "TAMIS_DATA_DIR" },
  records: { flag: "--records", variable: "TAMIS_RECORDS_URL" },
  objects: { flag: "--objects", variable: "TAMIS_OBJECTS_URL" },
  host: { flag: "--host", variable: "TAMIS_HOST" },
  port: { flag: "--port", variable: "TAMIS_PORT" },
  logLevel: { flag: "--log-level", variable: "TAMIS_LOG_LEVEL" },
  alertWebhookFile: { flag: "--alert-webhook-file", variable: "TAMIS_ALERT_WEBHOOK_FILE" },
  rateLimit: { flag: "--rate-limit", variable: "TAMIS_RATE_LIMIT" },
  rateBurst: { flag: "--rate-burst", variable: "TAMIS_RATE_BURST" },
  corsOrigins: { flag: "--cors-origins", variable: "TAMIS_CORS_ORIGINS" },
  trustedProxies: { flag: "--trusted-proxies", variable: "TAMIS_TRUSTED_PROXIES" },
  drainSeconds: { flag: "--drain-seconds", variable: "TAMIS_DRAIN_SECONDS" },
  mlflowUrl: { flag: "--mlflow-url", variable: "TAMIS_MLFLOW_URL" },
};
const configKeys = Object.keys(names) as (keyof Config)[];

/** Where a setting's value came from. */
export type ConfigOrigin = "flag" | "environment" | "file" | "default";

export interface ConfigSources {
  /** Values given on the command line; `undefined` ones and other flags do not count. */
  readonly flags?: Readonly<Record<string, unknown>>;
  /** The process environment, or the part of it that starts with `TAMIS_`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The parsed content of `tamis.config.json`. */
  readonly file?: Readonly<Record<string, unknown>>;
}

export interface ResolvedConfig {
  readonly config: Config;
  readonly origins: Readonly<Record<keyof Config, ConfigOrigin>>;
}

/**
 * Settles the configuration: flag, then environment variable, then file, then default. An empty environment
 * variable counts as not set.
 *
 * @throws configuration naming the setting, its origin and what is expected; also for an unknown setting in the
 * file. Environment variables that are not settings are left alone (other programs may own them).
 */
export function resolveConfig(sources: ConfigSources): ResolvedConfig {
  const unknown = Object.keys(sources.file ?? {}).find((name) => !Object.hasOwn(names, name));
  if (unknown !== undefined) {
    throw new TamisError(
      "configuration",
      `tamis.config.json: unknown setting “${unknown}”; settings are: ${configKeys.join(", ")}.`,
      { details: { setting: unknown } },
    );
  }
  const values: Record<string, unknown> = {};
  const origins = {} as Record<keyof Config, ConfigOrigin>;
  for (const key of configKeys) {
    const candidates: [ConfigOrigin, unknown][] = [
      ["flag", sources.flags?.[key]],
      ["environment", sources.environment?.[environmentVariable(key)] || undefined],
      ["file", sources.file?.[key]],
    ];
    const [origin, value] = candidates.find(([, given]) => given !== undefined) ?? ["default", undefined];
    origins[key] = origin;
    values[key] = value;
  }
  const parsed = Config.safeParse(values);
  if (!parsed.success) throw configurationError(parsed.error, origins);
  return { config: parsed.data, origins };
}

/** The environment variable of a setting: `dataDir` → `TAMIS_DATA_DIR`, `records` → `TAMIS_RECORDS_URL`. */
export function environmentVariable(setting: keyof Config): string {
  return names[setting].variable;
}

function configurationError(error: z.ZodError, origins: Record<keyof Config, ConfigOrigin>): TamisError {
  const issue = error.issues[0];
  const setting = issue?.path[0] as keyof Config;
  const places = {
    flag: names[setting].flag,
    environment: names[setting].variable,
    file: `tamis.config.json: ${setting}`,
    default: setting,
  };
  return new TamisError("configuration", `${places[origins[setting]]}: ${issue?.message}.`, {
    details: { setting },
    cause: error,
  });
}
