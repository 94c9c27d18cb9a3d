import { z } from "zod";
import { TamisError } from "./errors.ts";
import { logLevels } from "./log.ts";

const port = z.coerce.number().int().min(0).max(65_535);

/**
 * Every setting of Tamis, with its default. Names are those of `tamis.config.json`; the environment variable
 * of `dataDir` is `TAMIS_DATA_DIR`, and so on.
 */
export const Config = z.strictObject({
  /** Folder of everything that is stored locally. */
  dataDir: z.string().min(1).default("./tamis-data"),
  /** `sqlite:PATH`. Default: `tamis.db` in `dataDir`. */
  records: z.string().optional(),
  /** `file:PATH`. Default: `lake` in `dataDir`. */
  objects: z.string().optional(),
  /** Address the service listens on. */
  host: z.string().min(1).default("127.0.0.1"),
  /** Port the service listens on; 0 lets the system choose. */
  port: port.default(8080),
  logLevel: z.enum(logLevels).default("info"),
});

/** A complete configuration: both URLs are filled in. */
export type Config = Omit<z.infer<typeof Config>, "records" | "objects"> & {
  records: string;
  objects: string;
};

/** Where a setting's value came from. */
export type ConfigOrigin = "flag" | "environment" | "file" | "default";

export interface ConfigSources {
  /** Values given on the command line; `undefined` ones do not count. */
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
  const names = Object.keys(Config.shape) as (keyof Config)[];
  const values: Record<string, unknown> = {};
  const origins = {} as Record<keyof Config, ConfigOrigin>;
  for (const name of names) {
    const candidates: [ConfigOrigin, unknown][] = [
      ["flag", sources.flags?.[name]],
      ["environment", sources.environment?.[environmentVariable(name)] || undefined],
      ["file", sources.file?.[name]],
    ];
    const [origin, value] = candidates.find(([, given]) => given !== undefined) ?? ["default", undefined];
    origins[name] = origin as ConfigOrigin;
    if (value !== undefined) values[name] = value;
  }
  for (const name of Object.keys(sources.file ?? {})) {
    if (!names.includes(name as keyof Config)) {
      throw new TamisError(
        "configuration",
        `tamis.config.json: unknown setting “${name}”; settings are: ${names.join(", ")}.`,
      );
    }
  }
  const parsed = Config.safeParse(values);
  if (!parsed.success) throw configurationError(parsed.error, origins);
  const { dataDir } = parsed.data;
  return {
    config: {
      ...parsed.data,
      records: parsed.data.records ?? `sqlite:${dataDir}/tamis.db`,
      objects: parsed.data.objects ?? `file:${dataDir}/lake`,
    },
    origins,
  };
}

/** The environment variable of a setting: `dataDir` → `TAMIS_DATA_DIR`. */
export function environmentVariable(name: string): string {
  return `TAMIS_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

function configurationError(error: z.ZodError, origins: Record<keyof Config, ConfigOrigin>): TamisError {
  const issue = error.issues[0];
  const name = String(issue?.path[0] ?? "") as keyof Config;
  const where = {
    flag: `flag --${name}`,
    environment: environmentVariable(name),
    file: `tamis.config.json: ${name}`,
    default: name,
  };
  return new TamisError("configuration", `${where[origins[name] ?? "default"]}: ${issue?.message}.`, {
    details: { setting: name },
    cause: error,
  });
}
