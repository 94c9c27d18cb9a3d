import { once } from "node:events";
import { createEnvironment } from "@tamis/core";
import type { Context } from "../context.ts";
import { defineCommand } from "../define-command.ts";

interface Flags {
  readonly port?: string;
  readonly host?: string;
}

/** `tamis serve`: the API and the dashboard, until SIGTERM or Ctrl-C. */
export const serve = defineCommand<Flags>({
  summary: "Serve recommendations and the dashboard over HTTP",
  details: [
    "Listens until SIGTERM or Ctrl-C, then lets the requests in flight finish and exits 0. A second signal ends",
    "it at once. The ready line and the log go to stderr.",
  ].join("\n"),
  examples: ["tamis serve", "tamis serve --port 9000 --data-dir ./films"],
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
  },
  long: true,
  run: (context) => listen(context),
});

/** Opens the stores, serves them, and returns once a signal has come and everything is answered. */
export async function listen(context: Context): Promise<void> {
  const { createApp, serve } = await import("@tamis/http");
  const { readHost } = await import("@tamis/storage");
  const tamis = await context.tamis();
  const environment = createEnvironment(readHost).name();
  const { host, port } = context.config;
  const service = await serve(createApp({ tamis, environment, log: context.log }), { host, port });
  context.output.warn(`Tamis listens on ${service.url} (Ctrl-C stops it)`);
  if (!context.signal.aborted) await once(context.signal, "abort");
  context.output.note("Stopping: requests in flight are finished first.");
  await service.close();
}
