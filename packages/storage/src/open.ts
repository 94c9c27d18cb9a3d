import { resolve } from "node:path";
import { type LocalObjectStore, resolveConfig, TamisError, type Warehouse } from "@tamis/core";
import { openFolder } from "./objects/folder/folder.ts";
import { makeFolder } from "./objects/make-folder.ts";
import { openS3Url } from "./objects/open-s3-url.ts";
import { parseS3Url } from "./objects/s3/s3-settings.ts";
import { migrate } from "./sql/migrate.ts";
import { postgresRecords } from "./sql/postgres.ts";
import type { Records } from "./sql/schema.ts";
import { sqliteRecords } from "./sql/sqlite.ts";

/** Everything that is stored, opened. */
export interface Tamis {
  /** Folder of everything that is stored locally; long work keeps its temporary files in it. */
  readonly dataDir: string;
  readonly records: Records;
  readonly objects: LocalObjectStore;
  readonly warehouse: Warehouse;
  /** Closes all three; calling it again does nothing. */
  close(): Promise<void>;
}

/** Where to look; a `Config` of `@tamis/core` fits. Only `dataDir` is needed. */
export interface OpenOptions {
  /** Folder of everything that is stored locally; created when absent. */
  readonly dataDir: string;
  /** `sqlite:PATH` or `postgres://…` @default `tamis.db` in `dataDir` */
  readonly records?: string;
  /** `file:PATH` or `s3://BUCKET/PREFIX?…` @default the folder `lake` in `dataDir` */
  readonly objects?: string;
}

interface Adapter<Port> {
  /** What its URLs look like, for messages. */
  readonly form: string;
  /** Finds mistakes in a URL before anything is made. */
  check?(url: string): void;
  /** @param path - what stands behind the colon of `url`. */
  open(path: string, url: string, dataDir: string): Promise<Port>;
}

const postgres: Adapter<Records> = {
  form: "postgres://USER:PASSWORD@HOST/DATABASE",
  open: (_, url) => postgresRecords({ url }),
};

/** The one table "URL scheme → adapter". */
const recordsAdapters: Readonly<Record<string, Adapter<Records>>> = {
  sqlite: { form: "sqlite:PATH", open: (path) => sqliteRecords({ path }) },
  postgres,
  postgresql: postgres,
};
const objectsAdapters: Readonly<Record<string, Adapter<LocalObjectStore>>> = {
  file: { form: "file:PATH", open: (path) => openFolder({ path }) },
  s3: {
    form: "s3://BUCKET/PREFIX",
    check: parseS3Url,
    open: (_, url, dataDir) => openS3Url(url, dataDir),
  },
};

/**
 * Opens the records, the objects and the warehouse, and brings the records' schema up to date. DuckDB is loaded
 * at the first question to the warehouse.
 *
 * @throws configuration for a URL that is not understood, a folder that cannot be made, or a missing driver
 * @throws unsupported when the records were written by a newer version; corrupt_data when they are no database
 *
 * @example
 * const tamis = await openTamis({ dataDir: "./tamis-data" });
 * await tamis.close();
 */
export async function openTamis(options: OpenOptions): Promise<Tamis> {
  const { config } = resolveConfig({ flags: { ...options } });
  const open = opener("records", recordsAdapters, config.records, config.dataDir);
  const openObjects = opener("objects", objectsAdapters, config.objects, config.dataDir);
  await makeFolder(resolve(config.dataDir));
  const records = await open();
  try {
    await migrate(records);
    const objects = await openObjects();
    const { duckdbWarehouse } = await import("./warehouse/duckdb.ts");
    const warehouse = duckdbWarehouse({ dataDir: resolve(config.dataDir) });
    let closing: Promise<void> | undefined;
    const close = async () => {
      await warehouse.close();
      await records.destroy();
    };
    return {
      dataDir: resolve(config.dataDir),
      records,
      objects,
      warehouse,
      close: () => {
        closing ??= close();
        return closing;
      },
    };
  } catch (error) {
    await records.destroy();
    throw error;
  }
}

/**
 * Opens the records alone, with the schema that they have: to look at it, before {@link migrate}.
 *
 * @throws as {@link openTamis}
 */
export async function openRecords(options: OpenOptions): Promise<Records> {
  const { config } = resolveConfig({ flags: { ...options } });
  return await opener("records", recordsAdapters, config.records, config.dataDir)();
}

/** Understands the URL now, opens later: a mistake in one setting is found before anything is made. */
function opener<Port>(
  setting: string,
  adapters: Readonly<Record<string, Adapter<Port>>>,
  url: string,
  dataDir: string,
): () => Promise<Port> {
  const [, scheme = "", path = ""] = /^([a-z][a-z0-9+]*):(.*)$/is.exec(url) ?? [];
  const adapter = Object.hasOwn(adapters, scheme) ? adapters[scheme] : undefined;
  if (adapter !== undefined && path !== "") {
    adapter.check?.(url);
    return () => adapter.open(path, url, resolve(dataDir));
  }
  const forms = [...new Set(Object.values(adapters).map(({ form }) => form))];
  throw new TamisError(
    "configuration",
    `${setting}: “${withoutCredentials(url)}” is not understood; give ${forms.join(" or ")}.`,
    { details: { setting } },
  );
}

/** A password that was not %-coded may hold any of `/`, `?` and `@`. */
function withoutCredentials(url: string): string {
  return url.replace(/\/\/.*@/s, "//***@").replace(/(password=)[^&]*/gi, "$1***");
}
