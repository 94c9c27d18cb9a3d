import { once } from "node:events";
import { createEnvironment } from "@tamis/core";
import type { Context, ServiceFlags } from "../context.ts";
import { defineCommand } from "../define-command.ts";
import { mlflowUrl } from "../mlflow-flag.ts";
import { programVersion } from "../program-version.ts";
import { serviceFlags } from "../service-flags.ts";

interface Flags extends ServiceFlags {
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
    "it at once. The ready line and the log go to stderr. Without a token (tamis token create)",
    "and a token file it answers to this machine only.",
    "Trainings run in a thread of their own; one that is at work at the end is left to the next worker, which goes on",
    "with it. With --no-work they are left to tamis worker.",
  ].join("\n"),
  examples: [
    "tamis serve",
    "tamis serve --port 9000 --data-dir ./films",
    "tamis serve --host 0.0.0.0 --token-file ./tokens",
  ],
  flags: {
    ...serviceFlags,
    tokenFile: {
      kind: "parsed",
      parse: (file) => file,
      optional: true,
      placeholder: "FILE",
      brief: "Further tokens of administrators, one per line",
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
  const { readHost, schemaVersion, usableTokens } = await import("@tamis/storage");
  const { readTokenFile } = await import("../token-file.ts");
  const { tokenDocument } = await import("../token-document.ts");
  const { config, log, output, signal } = context;
  const tokenHashes =
    tokenFile === undefined ? [] : (await readTokenFile(tokenFile, output.warn)).map(hashToken);
  const tamis = await context.tamis();
  const tokens = await usableTokens(tamis.records);
  for (const { id, name, status } of tokens.map((token) => tokenDocument(token, new Date()))) {
    if (status === "old") output.warn(`Token ${id} (${name}) is old: make a new one, revoke it.`);
  }
  log.info("records and objects are open", { schema: await schemaVersion(tamis.records) });
  const jobs = work
    ? startJobs({
        stores: config,
        mlflowUrl: config.mlflowUrl,
        codeVersion: programVersion(),
        log: log.with({ thread: "jobs" }),
      })
    : undefined;
  try {
    const environment = createEnvironment(readHost).name();
    const app = createApp({
      ...{ tamis, environment, log, tokenHashes, savePredictions },
      requiresToken: tokenHashes.length + tokens.length > 0,
      ...serviceSettings(config),
      ...(jobs && { jobs }),
    });
    const service = await serve(app, {
      host: config.host,
      port: config.port,
      drainMs: config.drainSeconds * 1000,
    });
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

function serviceSettings({ corsOrigins, rateBurst, rateLimit, trustedProxies }: Context["config"]) {
  const limit = rateLimit === undefined ? {} : { perSecond: rateLimit };
  const given = rateLimit !== undefined || rateBurst !== undefined;
  const rate = { ...limit, ...(rateBurst !== undefined && { burst: rateBurst }) };
  return { corsOrigins, trustedProxies, ...(given && { rateLimit: rate }) };
}
