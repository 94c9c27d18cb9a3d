import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { TamisError } from "@tamis/core";
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult, TransactionSettings } from "kysely";
import type { Pool, PoolClient } from "pg";
import type { from } from "pg-copy-streams";
import { isConnectionLoss, postgresError } from "./driver-errors.ts";

/** A connection that takes the bytes of a `COPY … FROM STDIN`. */
export interface CopyConnection extends DatabaseConnection {
  /** Sends the chunks as fast as the server takes them. An error of `chunks` undoes the statement and is thrown on. */
  copy(statement: string, chunks: AsyncIterable<Uint8Array>): Promise<void>;
}

/**
 * A Kysely driver over a pool of pg: what Kysely's own does, plus
 * - every error is a `TamisError` (see `driver-errors.ts`) that names `place`;
 * - a server that restarts is waited for, up to 5 s, and what was certainly not done is asked again on a new
 *   connection: a question, or the beginning of a transaction;
 * - a COMMIT that the server turned into a ROLLBACK is an error;
 * - rows can be streamed both ways.
 */
export function postgresDriver(pool: Pool, copyFrom: typeof from, place: string): Driver {
  const connect = patientConnect(pool, place);
  const run = (connection: DatabaseConnection, statement: string) =>
    (connection as PostgresConnection).run(statement);
  return {
    init: async () => {},
    acquireConnection: async () => postgresConnection(await connect(), connect, copyFrom, place),
    async beginTransaction(connection, settings) {
      await run(connection, begin(settings));
    },
    async commitTransaction(connection) {
      if ((await run(connection, "commit")) === "COMMIT") return;
      throw new TamisError(
        "database",
        "The transaction was undone: a statement in it had failed, and its error was passed over.",
      );
    },
    async rollbackTransaction(connection) {
      // On a broken connection the server has rolled back already; that error must not hide the first one.
      await run(connection, "rollback").catch(() => {});
    },
    releaseConnection: async (connection) => (connection as PostgresConnection).release(),
    destroy: () => pool.end(),
  };
}

type Connect = () => Promise<PoolClient>;

/** How long a server is waited for that is restarting. */
const longestWait = 5000; // ms

/** The first connection is made at once or not at all: until then, the address may be wrong. */
function patientConnect(pool: Pool, place: string): Connect {
  let known = false;
  return async () => {
    const since = performance.now();
    for (let pause = 20; ; pause = Math.min(2 * pause, 500)) {
      try {
        const client = await pool.connect();
        known = true;
        return client;
      } catch (cause) {
        const error = postgresError(cause, place);
        const restarting = error.details.engineCode === "57P03" || (known && isConnectionLoss(error));
        if (!restarting || performance.now() - since > longestWait) throw error;
        await sleep(pause);
      }
    }
  };
}

interface PostgresConnection extends CopyConnection {
  /** Runs a statement without parameters and answers the server's word for what it did. */
  run(statement: string): Promise<string>;
  release(): void;
}

function postgresConnection(
  first: PoolClient,
  connect: Connect,
  copyFrom: typeof from,
  place: string,
): PostgresConnection {
  let client = first;
  let inTransaction = false;
  let broken: Error | undefined;
  const onError = (error: Error) => {
    broken = error;
  };
  client.on("error", onError);

  const release = () => {
    client.off("error", onError);
    client.release(broken);
    broken = undefined;
  };
  const reconnect = async () => {
    release();
    client = await connect();
    client.on("error", onError);
  };

  async function query(text: string, parameters: readonly unknown[], repeatable: boolean) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await client.query(text, [...parameters]);
      } catch (cause) {
        const error = postgresError(cause, place, text);
        if (isConnectionLoss(error)) broken ??= error;
        if (broken === undefined || !repeatable || attempt === 2) throw error;
        await reconnect();
      }
    }
  }

  async function executeQuery<Row>(compiled: CompiledQuery): Promise<QueryResult<Row>> {
    const question = compiled.query.kind === "SelectQueryNode" && !inTransaction;
    const { command, rowCount, rows } = await query(compiled.sql, compiled.parameters, question);
    const changed = ["INSERT", "UPDATE", "DELETE", "MERGE"].includes(command);
    return { rows, ...(changed && { numAffectedRows: BigInt(rowCount ?? 0) }) };
  }

  return {
    executeQuery,
    async *streamQuery<Row>({ sql, parameters }: CompiledQuery, chunkSize: number) {
      const alone = !inTransaction;
      if (alone) await query("begin", [], true);
      try {
        await query(`declare tamis_rows no scroll cursor for ${sql}`, parameters, false);
        for (;;) {
          const { rows } = await query(`fetch ${chunkSize} from tamis_rows`, [], false);
          if (rows.length === 0) return;
          yield { rows: rows as Row[] };
        }
      } finally {
        await query(alone ? "rollback" : "close tamis_rows", [], false).catch(() => {});
      }
    },
    async copy(statement, chunks) {
      const stream = client.query(copyFrom(statement, { highWaterMark: 4 << 20 }));
      let failure: Error | undefined;
      const failed = new Promise<void>((resolve) => {
        stream.once("error", (error) => {
          // What the server refused it takes no more of; the stream would send it all the same, and break on it.
          stream.destroy();
          failure = error;
          resolve();
        });
      });
      const sending = (async () => {
        for await (const chunk of chunks) {
          if (failure) return;
          if (!stream.write(chunk)) await Promise.race([once(stream, "drain"), failed]);
        }
      })();
      try {
        await sending;
      } catch (error) {
        const closed = once(stream, "close").catch(() => {});
        if (!failure) {
          stream.destroy(error as Error);
          await closed;
        }
        throw error;
      }
      if (!failure) await Promise.race([new Promise<void>((resolve) => stream.end(resolve)), failed]);
      if (failure) throw postgresError(failure, place, statement);
    },
    async run(statement) {
      const starts = statement.startsWith("begin") || statement.startsWith("start");
      const { command } = await query(statement, [], starts);
      inTransaction = starts;
      return command;
    },
    release,
  };
}

function begin({ isolationLevel, accessMode }: TransactionSettings): string {
  const level = isolationLevel ? ` isolation level ${isolationLevel}` : "";
  return `begin${level}${accessMode ? ` ${accessMode}` : ""}`;
}
