import type { Lineage, LineageStep } from "@tamis/storage";
import { defineCommand } from "../define-command.ts";
import { findModel, parseVersion } from "../load-model.ts";

/** `tamis lake lineage`: from a model or a snapshot back to the raw bytes. */
export const lakeLineage = defineCommand<Record<never, never>, [from: string]>({
  summary: "Show where a model version or a snapshot comes from, back to the raw files",
  examples: ["tamis lake lineage champion", "tamis lake lineage 3 --json", "tamis lake lineage 9b09814ea0ef"],
  flags: {},
  positional: {
    kind: "tuple",
    parameters: [
      {
        placeholder: "FROM",
        brief: "A model version (a number, champion…) or a snapshot (8 digits of its digest, or more)",
        parse: parseFrom,
      },
    ],
  },
  async run(context, _flags, from) {
    const { lineage } = await import("@tamis/storage");
    const start = isSnapshot(from) ? from : (await findModel(context, parseVersion(from)))!;
    const found = await lineage(await context.tamis(), start);
    context.output.result(lineageDocument(found), () => lineageLines(found));
  },
});

/** Eight digits or more are a snapshot; versions are shorter. */
function isSnapshot(from: string): boolean {
  return /^[0-9a-f]{8,64}$/.test(from);
}

function parseFrom(input: string): string {
  if (!isSnapshot(input)) parseVersion(input);
  return input;
}

function lineageDocument({ model, steps }: Lineage) {
  return {
    model: model
      ? {
          model: model.model,
          version: model.version,
          run_id: model.runId,
          object_key: model.objectKey,
          sha256: model.sha256,
          snapshot: model.snapshot,
          created_at: model.createdAt,
        }
      : null,
    snapshots: steps.map(({ snapshot, source }) => ({
      digest: snapshot.digest,
      rows: snapshot.rows,
      parent: snapshot.parent,
      import_id: snapshot.run,
      created_at: snapshot.createdAt,
      files: snapshot.files,
      source: {
        ...snapshot.source,
        layout: source?.layout ?? null,
        rows: source?.rows ?? null,
        raw: source?.raw ?? null,
      },
    })),
  };
}

function lineageLines({ model, steps }: Lineage): string[] {
  const first = model ? [`model ${model.model} version ${model.version}, trained by run ${model.runId}`] : [];
  return [...first, ...steps.flatMap(stepLines)];
}

function stepLines({ snapshot, source }: LineageStep, index: number): string[] {
  const { digest, rows, run, createdAt } = snapshot;
  const made = `${createdAt.toISOString().slice(0, 19)}Z${run ? ` by import ${run}` : ""}`;
  const read = source
    ? [`  read as ${source.layout}, ${source.rows} ratings accepted`, ...source.raw.map(rawLine)]
    : ["  imported by an early version, which kept no list of its files"];
  return [
    `${index === 0 ? "" : "added to "}snapshot ${digest.slice(0, 12)}: ${rows} ratings, made ${made}`,
    `  from ${snapshot.source.name} (${snapshot.source.digest.slice(0, 12)})`,
    ...read,
  ];
}

function rawLine({ role, key, bytes, sha256 }: { role: string; key: string; bytes: number; sha256: string }) {
  return `    ${role.padEnd(12)} ${key} (${bytes} bytes, sha256 ${sha256.slice(0, 12)})`;
}
