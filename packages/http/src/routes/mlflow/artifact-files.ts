import type { ModelVersion, ObjectStore } from "@tamis/core";
import { artifactsOfRun, findRun, modelCatalog, type Tamis } from "@tamis/storage";
import { mlModelFile } from "@tamis/storage/mlflow";

/** A file that is served as an artifact. */
export interface ArtifactFile {
  /** Inside its root, with `/` between folders. */
  readonly path: string;
  readonly bytes: number;
  /** `undefined` when the object store has lost it. */
  open(): Promise<AsyncIterable<Uint8Array> | undefined>;
}

/** The files of a run, `undefined` when there is no such run. */
export async function filesOfRun(
  { records, objects }: Tamis,
  runId: string,
): Promise<ArtifactFile[] | undefined> {
  const files = await artifactsOfRun(records, runId);
  if (files.length === 0 && (await findRun(records, runId)) === undefined) return undefined;
  return files.map(({ path, bytes, objectKey }) => ({ path, bytes, open: () => objects.get(objectKey) }));
}

/** The files of a version of a registered model, and its `MLmodel`; `undefined` when there is no such version. */
export async function filesOfVersion(
  { records, objects }: Tamis,
  model: string,
  version: string,
): Promise<ArtifactFile[] | undefined> {
  const found = /^[1-9]\d{0,8}$/.test(version)
    ? await modelCatalog(records).find(model, Number(version))
    : undefined;
  if (found === undefined) return undefined;
  const text = new TextEncoder().encode(mlModelFile(found, "model", found.runId));
  return [
    { path: "MLmodel", bytes: text.length, open: async () => ofBytes(text) },
    ...(await storedFiles(objects, found)),
  ];
}

/** What lies beside the model file; a ranker lies in a folder of that, and is another version. */
async function storedFiles(objects: ObjectStore, version: ModelVersion): Promise<ArtifactFile[]> {
  const folder = version.objectKey.replace(/[^/]*$/, "");
  const files: ArtifactFile[] = [];
  for await (const { key, bytes } of objects.list(folder)) {
    const path = key.slice(folder.length);
    if (!path.includes("/")) files.push({ path, bytes, open: () => objects.get(key) });
  }
  return files;
}

async function* ofBytes(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** What lies directly in a folder: its files, and its folders. */
export function childrenOf(files: readonly ArtifactFile[], folder: string) {
  const prefix = folder === "" ? "" : `${folder}/`;
  const children = new Map<string, { path: string; is_dir: boolean; file_size?: number }>();
  for (const { path, bytes } of files) {
    if (!path.startsWith(prefix)) continue;
    const [name = "", ...deeper] = path.slice(prefix.length).split("/");
    const own = { path: prefix + name, is_dir: deeper.length > 0 };
    children.set(name, deeper.length > 0 ? own : { ...own, file_size: bytes });
  }
  return [...children.values()];
}
