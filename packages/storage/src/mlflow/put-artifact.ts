import { type ObjectStore, TamisError } from "@tamis/core";
import type { MlflowClient } from "./mlflow-client.ts";

/** Opens a bucket that the server keeps artifacts in but does not hand out itself. */
export type OpenBucket = (bucket: string) => Promise<ObjectStore>;

export interface ArtifactPlace {
  /** Where the run keeps its artifacts, as the server says. */
  readonly uri: string;
  /** Inside it, with `/` between folders. */
  readonly path: string;
}

type Bytes = () => Promise<Uint8Array | AsyncIterable<Uint8Array>>;

/**
 * Stores a file as an artifact of a run: through the server, or on S3.
 *
 * @param bytes - makes the content, anew for each try.
 * @throws unsupported for a place that only the server's own machine can write
 */
export async function putArtifact(
  client: MlflowClient,
  { uri, path }: ArtifactPlace,
  bytes: Bytes,
  openBucket?: OpenBucket,
): Promise<void> {
  const [, scheme = "", rest = ""] = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(uri) ?? [];
  if (scheme === "mlflow-artifacts") {
    const [, host = "", folder = ""] = /^(?:\/\/([^/]*))?\/*(.*)$/s.exec(rest) ?? [];
    if (host === "" || host === new URL(client.url).host) return await proxy(client, folder, path, bytes);
    throw elsewhere(`on another server, ${host}`);
  }
  if ((scheme === "http" || scheme === "https") && uri.startsWith(`${client.url}${proxyPath}`)) {
    return await proxy(client, uri.slice(client.url.length + proxyPath.length), path, bytes);
  }
  if (scheme === "s3") {
    const [, bucket = "", folder = ""] = /^\/\/([^/]+)\/*(.*)$/s.exec(rest) ?? [];
    if (openBucket === undefined) throw elsewhere(`in the bucket ${bucket}, which was not opened`);
    const key = joined(folder, path);
    await client.retry(async () => void (await (await openBucket(bucket)).put(key, await bytes())));
    return;
  }
  throw elsewhere(scheme === "" || scheme === "file" ? "in a folder of its own machine" : `on ${scheme}:`);
}

const proxyPath = "/api/2.0/mlflow-artifacts/artifacts/";

async function proxy(client: MlflowClient, folder: string, path: string, bytes: Bytes): Promise<void> {
  const encoded = joined(folder, path).split("/").map(encodeURIComponent).join("/");
  await client.retry(async () => {
    const request = { method: "PUT", path: `mlflow-artifacts/artifacts/${encoded}`, bytes } as const;
    await (await client.send(request)).body?.cancel();
  });
}

function joined(folder: string, path: string): string {
  return `${folder.replace(/\/+$/, "")}/${path}`.replace(/^\/+/, "");
}

function elsewhere(where: string): TamisError {
  return new TamisError(
    "unsupported",
    `The MLflow server keeps artifacts ${where}, where we cannot store one. Start it with --serve-artifacts, or with an artifact root on S3.`,
  );
}
