import { rmSync } from "node:fs";
import type { DuckDBConnection } from "@duckdb/node-api";
import { TamisError } from "@tamis/core";
import { createScratch } from "./create-scratch.ts";

export interface DuckdbOptions {
  /** Folder of everything that is stored locally; work too large for memory spills to `tmp/` in it. */
  readonly dataDir: string;
  /** What DuckDB may hold in memory, as it writes it. @default "2GB" */
  readonly memoryLimit?: string;
  /** @default one a core */
  readonly threads?: number;
}

export interface Duckdb {
  readonly driver: typeof import("@duckdb/node-api");
  readonly connection: DuckDBConnection;
  /** One more connection: a result that is still streaming needs its own. */
  connect(): Promise<DuckDBConnection>;
  /** A folder of this process alone, gone on `close`. */
  readonly scratch: string;
  close(): void;
}

/**
 * Opens a DuckDB in memory that keeps its temporary files inside the data dir and loads no extension.
 *
 * @throws configuration when the driver is not installed
 */
export async function openDuckdb(options: DuckdbOptions): Promise<Duckdb> {
  const driver = await loadDriver();
  const scratch = createScratch(options.dataDir, "duckdb");
  const instance = await driver.DuckDBInstance.create(":memory:", {
    memory_limit: options.memoryLimit ?? "2GB",
    temp_directory: scratch,
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    ...(options.threads === undefined ? {} : { threads: String(options.threads) }),
  });
  const connection = await instance.connect();
  return {
    driver,
    connection,
    connect: () => instance.connect(),
    scratch,
    close() {
      connection.closeSync();
      instance.closeSync();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

/** A failure of DuckDB as the error the caller understands: `no_space`, `aborted` or `database`. */
export function duckdbError(cause: unknown, statement: string): TamisError {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (/no space left|disk quota|max_temp_directory_size/i.test(message)) {
    return new TamisError(
      "no_space",
      "The disk is full; nothing was half-written. Free some space and run it again.",
      {
        cause,
      },
    );
  }
  if (/^INTERRUPT/i.test(message)) {
    return new TamisError("aborted", "The query was cancelled before it finished.", { cause });
  }
  const shown = statement.replace(/\s+/g, " ").trim().slice(0, 200);
  return new TamisError("database", `DuckDB refused “${shown}”: ${message.split("\n")[0]}`, { cause });
}

async function loadDriver(): Promise<Duckdb["driver"]> {
  try {
    return await import("@duckdb/node-api");
  } catch (cause) {
    throw new TamisError(
      "configuration",
      "The analytic engine is not installed. Install it with: npm install @duckdb/node-api",
      { cause },
    );
  }
}
