import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createEnvironment, TamisError } from "@tamis/core";
import type { Context } from "../context.ts";
import { defineCommand } from "../define-command.ts";
import { mlflowUrl } from "../mlflow-flag.ts";

interface Flags {
  readonly port?: string;
  readonly host?: string;
  readonly tokenFile?: string;
  readonly work?: boolean;
  readonly savePredictions?: boolean;
  readonly mlflowUrl?: string;
}

/** `tamis serve`: the API and the dashboard, until SIGTERM or Ctrl-C. */
export const serve = defineCommand<Flags>({
  summary: "Serve recommendations and the dashboard over HTTP",
  details: [
    "Listens until SIGTERM or Ctrl-C, then lets the requests in flight finish and exits 0. A second signal ends",
    "it at once. The ready line and the log go to stderr. Without a token file it answers to this machine only.",
    "Trainings run in a thread of their own; one that is at work at the end is left to the next worker, which goes on",
    "with it. With --no-work they are left to tamis worker.",
  ].join("\n"),
  examples: [
    "tamis serve",
    "tamis serve --port 9000 --data-dir ./films",
    "tamis serve --host 0.0.0.0 --token-file ./tokens",
  ],
  flags: {
    port: {
      kind: "parsed",
      parse: (port) => port,
      optional: true,
      placeholder: "N",
      brief: "Port; 0 lets the system choose [default = 8080]",
    },
    host: {
      kind: "parsed",
      parse: (host) => host,
      optional: true,
      placeholder: "ADDRESS",
      brief: "Address to listen on [default = 127.0.0.1]",
    },
    tokenFile: {
      kind: "parsed",
      parse: (file) => file,
      optional: true,
      placeholder: "FILE",
      brief: "Bearer tokens that are let in, one per line",
    },
    work: {
      kind: "boolean",
      optional: true,
      brief: "Do the runs that wait, in a thread; --no-work leaves them to tamis worker [default = true]",
    },
    savePredictions: {
      kind: "boolean",
      optional: true,
      withNegated: false,
      brief: "Keep each answer of /predict/ as a CSV file in the object store",
    },
    mlflowUrl,
  },
  whenInterrupted: "Stopped.",
  run: listen,
});

/**
 * Opens the stores, serves them, and returns once a signal has come and every request in flight is answered.
 *
 * @throws conflict when the port is in use; configuration for a token that is too weak
 */
export async function listen(
  context: Context,
  { tokenFile, work = true, savePredictions = false }: Flags = {},
): Promise<void> {
  const { createApp, hashToken, serve, startJobs } = await import("@tamis/http");
  const { readHost, schemaVersion } = await import("@tamis/storage");
  const { config, log, output, signal } = context;
  const tokenHashes = tokenFile === undefined ? [] : (await readTokens(tokenFile)).map(hashToken);
  const tamis = await context.tamis();
  log.info("records and objects are open", { schema: await schemaVersion(tamis.records) });
  const jobs = work
    ? startJobs({ stores: config, mlflowUrl: config.mlflowUrl, log: log.with({ thread: "jobs" }) })
    : undefined;
  try {
    const environment = createEnvironment(readHost).name();
    const app = createApp({
      ...{ tamis, environment, log, tokenHashes, savePredictions },
      ...(jobs && { jobs }),
    });
    const service = await serve(app, { host: config.host, port: config.port });
    log.info("requests are taken", { url: service.url });
    output.warn(`Tamis listens on ${service.url} (Ctrl-C stops it)`);
    if (!signal.aborted) await once(signal, "abort");
    output.warn("Stopping: requests in flight are finished first.");
    await service.close();
    await app.close();
  } finally {
    await jobs?.stop();
  }
}

async function readTokens(file: string): Promise<string[]> {
  const text = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new TamisError("configuration", `The token file ${file} cannot be read (${cause.code}).`, {
      cause,
    });
  });
  const tokens = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  if (tokens.length > 0) return tokens;
  throw new TamisError("configuration", `The token file ${file} is empty; write one token per line.`);
}
