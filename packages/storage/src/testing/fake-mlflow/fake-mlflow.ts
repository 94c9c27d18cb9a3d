import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Endpoint, Refusal } from "./endpoint.ts";
import { fakeRegistry } from "./registry.ts";
import { fakeRuns } from "./runs.ts";

export interface FakeMlflowOptions {
  /** Where runs keep artifacts. @default "mlflow-artifacts:" */
  readonly artifactRoot?: string;
  /** The only `Authorization` header that is let in. @default everybody is */
  readonly authorization?: string;
  /** The only `Host` that is let in, as by MLflow's --allowed-hosts. @default every one is */
  readonly allowedHost?: string;
}

/** Something that goes wrong with the next request whose path holds `path`. */
export interface Fault {
  readonly path: string;
  /** `reset`: the connection breaks. */
  readonly answer: number | "reset";
  readonly headers?: Readonly<Record<string, string>>;
  /** The request is done all the same, and only its answer is lost. @default false */
  readonly done?: boolean;
}

/**
 * A stand-in for MLflow's tracking server, in memory, over real HTTP: there is no MLflow on npm or in Debian. It takes
 * the endpoints that we call, and refuses what MLflow would: unknown fields, keys and values over its limits, another
 * value for a parameter, an unknown run. Its limits are written down here anew, not imported from what is tested.
 */
export async function startFakeMlflow(options: FakeMlflowOptions = {}) {
  const { artifactRoot = "mlflow-artifacts:" } = options;
  const { experiments, runs, endpoints: ofRuns } = fakeRuns(artifactRoot);
  const { models, endpoints: ofRegistry } = fakeRegistry(runs, artifactRoot);
  const endpoints: Record<string, Endpoint> = { ...ofRuns, ...ofRegistry };
  const artifacts = new Map<string, Buffer>();
  const faults: Fault[] = [];
  const requests: string[] = [];

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://fake");
    const path = url.pathname.replace("/api/2.0/", "");
    const body = await bytesOf(request);
    requests.push(`${request.method} ${path.replace(/^mlflow\//, "")}`);
    const at = faults.findIndex((fault) => path.includes(fault.path));
    const fault = at < 0 ? undefined : faults.splice(at, 1)[0];
    const answer = fault && !fault.done ? { status: 500, body: "" } : answerTo(request, url, path, body);
    if (fault?.answer === "reset") request.socket.destroy();
    else if (fault) response.writeHead(fault.answer as number, fault.headers).end("Oops");
    else response.writeHead(answer.status).end(answer.body);
  }

  function answerTo(request: IncomingMessage, url: URL, path: string, body: Buffer) {
    if (options.allowedHost !== undefined && request.headers.host !== options.allowedHost) {
      return { status: 403, body: "Invalid Host header - possible DNS rebinding attack detected" };
    }
    if (options.authorization !== undefined && request.headers.authorization !== options.authorization) {
      return { status: 401, body: "You are not authenticated." };
    }
    if (path.startsWith("mlflow-artifacts/artifacts/")) {
      const name = decodeURIComponent(path.slice("mlflow-artifacts/artifacts/".length));
      if (request.method === "PUT") artifacts.set(name, body);
      const stored = artifacts.get(name);
      if (stored === undefined) return refusal(new Refusal("RESOURCE_DOES_NOT_EXIST", name));
      return { status: 200, body: request.method === "PUT" ? "{}" : stored };
    }
    const found = endpoints[`${request.method} ${path.replace(/^mlflow\//, "")}`];
    if (found === undefined) return { status: 404, body: "<!doctype html><title>404 Not Found</title>" };
    if (body.length > 1_048_576) return refusal(new Refusal("INVALID_PARAMETER_VALUE", "more than 1 MB"));
    const given = request.method === "GET" ? Object.fromEntries(url.searchParams) : parse(body);
    const input = found.input.safeParse(given);
    if (!input.success) {
      const [issue] = input.error.issues;
      return refusal(new Refusal("INVALID_PARAMETER_VALUE", `${issue?.path.join(".")}: ${issue?.message}`));
    }
    try {
      return { status: 200, body: JSON.stringify(found.answer(input.data as never)) };
    } catch (error) {
      if (error instanceof Refusal) return refusal(error);
      throw error;
    }
  }

  let server: Server | undefined;
  let port = 0;
  const start = async () => {
    server = createServer((request, response) => void respond(request, response));
    await new Promise<void>((resolve) => server!.listen(port, "127.0.0.1", resolve));
    ({ port } = server.address() as AddressInfo);
  };
  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    experiments,
    runs,
    models,
    /** By path below the artifact root. */
    artifacts,
    /** Method and path of every request, in their order. */
    requests,
    /** Each takes place once. */
    faults,
    /** Starts it again where it was, with what it knew. */
    start,
    async stop() {
      server?.closeAllConnections();
      await new Promise<void>((resolve) => server?.close(() => resolve()));
    },
  };
}
export type FakeMlflow = Awaited<ReturnType<typeof startFakeMlflow>>;

const refusal = ({ status, code, message }: Refusal) => ({
  status,
  body: JSON.stringify({ error_code: code, message }),
});

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
