import { createHash } from "node:crypto";
import {
  type ModelAlias,
  type ModelCatalog,
  type ModelVersion,
  type NewRun,
  type ObjectStore,
  type PromotionRecord,
  type RunStatus,
  type RunTracker,
  TamisError,
  throwIfAborted,
} from "@tamis/core";

/** The ports of a training, empty. */
export function memoryPorts() {
  return { objects: memoryObjects(), catalog: memoryCatalog(), tracker: memoryTracker() };
}

/** An {@link ObjectStore} in a Map; `contents` may be looked at and damaged. */
export function memoryObjects(): ObjectStore & { readonly contents: Map<string, Uint8Array> } {
  const contents = new Map<string, Uint8Array>();
  return {
    contents,
    async put(key, body, { ifAbsent = false, signal } = {}) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of body instanceof Uint8Array ? [body] : body) {
        throwIfAborted(signal);
        chunks.push(Uint8Array.from(chunk));
      }
      if (ifAbsent && contents.has(key)) throw new TamisError("conflict", `${key} exists already.`);
      const bytes = Buffer.concat(chunks);
      contents.set(key, bytes);
      return { key, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
    },
    async get(key, { range } = {}) {
      const bytes = contents.get(key);
      if (bytes === undefined) return undefined;
      const { start, length } = range ?? { start: 0, length: bytes.length };
      return (async function* () {
        yield bytes.subarray(start, start + length);
      })();
    },
    async *list(prefix, { after = "" } = {}) {
      for (const key of [...contents.keys()].sort()) {
        if (!key.startsWith(prefix) || key <= after) continue;
        yield { key, bytes: contents.get(key)!.length, modifiedAt: new Date(0) };
      }
    },
    async remove(key) {
      contents.delete(key);
    },
    async capabilities() {
      return { ifAbsent: true };
    },
  };
}

/** What the audit of a {@link memoryCatalog} holds of one verdict. */
export interface MemoryVerdict extends PromotionRecord {
  /** `null`: refused. */
  readonly version: number | null;
}

/** A {@link ModelCatalog} in an array; `verdicts` may be looked at. */
export function memoryCatalog(): ModelCatalog & { readonly verdicts: MemoryVerdict[] } {
  const verdicts: MemoryVerdict[] = [];
  const versions: Omit<ModelVersion, "aliases">[] = [];
  const aliases = new Map<string, number>();
  const withAliases = (version: Omit<ModelVersion, "aliases">): ModelVersion => ({
    ...version,
    aliases: (["champion", "previous", "previous_ranker", "ranker"] as const).filter(
      (alias) => aliases.get(`${version.model}/${alias}`) === version.version,
    ),
  });
  const find = (model: string, wanted: number | ModelAlias) => {
    const number = typeof wanted === "number" ? wanted : aliases.get(`${model}/${wanted}`);
    return versions.find((version) => version.model === model && version.version === number);
  };
  return {
    verdicts,
    async add(version) {
      const number = versions.filter(({ model }) => model === version.model).length + 1;
      versions.push({ ...version, version: number, createdAt: new Date(0) });
      return withAliases(versions.at(-1)!);
    },
    async find(model, wanted) {
      const found = find(model, wanted);
      return found && withAliases(found);
    },
    async list(model) {
      return versions
        .filter((version) => version.model === model)
        .map(withAliases)
        .reverse();
    },
    async promote(model, version, expected, record) {
      const { role = "champion" } = record;
      if (find(model, version) === undefined) throw new TamisError("not_found", `No version ${version}.`);
      const holder = aliases.get(`${model}/${role}`) ?? null;
      if (holder !== expected) throw new TamisError("conflict", `The ${role} is ${holder}.`);
      if (holder === version) return;
      aliases.set(`${model}/${role}`, version);
      const previous = role === "champion" ? "previous" : "previous_ranker";
      if (holder !== null) aliases.set(`${model}/${previous}`, holder);
      verdicts.push({ version, ...record });
    },
    async refuse(_, record) {
      verdicts.push({ version: null, ...record });
    },
  };
}

/** What a run was given and how it ended. */
export interface MemoryRun extends NewRun {
  status: RunStatus;
  message?: string | undefined;
  parameters: Record<string, string | number | boolean>;
  /** Logged without a step. */
  metrics: Record<string, number>;
  /** Logged with a step: by `name@step`. */
  steps: Record<string, number>;
  artifacts: Record<string, Uint8Array>;
}

/** A {@link RunTracker} in an array; `runs` may be looked at. Run ids are `run-1`, `run-2`… */
function memoryTracker(): RunTracker & { readonly runs: MemoryRun[] } {
  const runs: MemoryRun[] = [];
  const find = (runId: string) => runs[Number(runId.slice("run-".length)) - 1]!;
  return {
    runs,
    start: async (run) =>
      `run-${runs.push({ ...run, status: "running", parameters: {}, metrics: {}, steps: {}, artifacts: {} })}`,
    async logParameters(runId, parameters) {
      for (const name of Object.keys(parameters)) {
        if (Object.hasOwn(find(runId).parameters, name)) throw new TamisError("conflict", `${name} is set.`);
      }
      Object.assign(find(runId).parameters, parameters);
    },
    async logMetrics(runId, metrics, step) {
      if (step === undefined) Object.assign(find(runId).metrics, metrics);
      else for (const [name, value] of Object.entries(metrics)) find(runId).steps[`${name}@${step}`] = value;
    },
    async logArtifact(runId, { path, bytes }) {
      find(runId).artifacts[path] = bytes;
    },
    async finish(runId, status, message) {
      Object.assign(find(runId), { status, message });
    },
  };
}
