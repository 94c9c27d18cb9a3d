import { canonicalId, type Id, type NewRun, type RunStatus } from "@tamis/core";
import { fromMlflowKey, toMlflowKey } from "./mlflow-key.ts";

/** A tag or a parameter as MLflow writes it. */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

/** Names of tags that only we set. */
export const ownTags = {
  runId: "tamis.run_id",
  snapshot: "tamis.snapshot",
  seed: "tamis.seed",
  /** In front of a parameter's name: it is a text, though it looks like a number or boolean. */
  text: "tamis.text.",
  message: "mlflow.note.content",
  name: "mlflow.runName",
} as const;

/** The longest tag that every server of MLflow takes, in characters. */
export const maxTagLength = 5000;

const statuses = { running: "RUNNING", finished: "FINISHED", failed: "FAILED", cancelled: "KILLED" } as const;
export type MlflowStatus = (typeof statuses)[RunStatus];

export function toMlflowStatus(status: RunStatus): MlflowStatus {
  return statuses[status];
}

/** Brings a status back; `SCHEDULED` and what a newer server may add count as running. */
export function fromMlflowStatus(status: string): RunStatus {
  const found = Object.entries(statuses).find(([, name]) => name === status);
  return (found?.[0] as RunStatus | undefined) ?? "running";
}

/** What is said of a run as tags. A tag of the run itself may be called like one of ours: its first letter is escaped. */
export function tagsOf(runId: string, run: NewRun): KeyValue[] {
  const { snapshot, seed, tags = {} } = run;
  return [
    { key: ownTags.runId, value: runId },
    ...(snapshot === undefined ? [] : [{ key: ownTags.snapshot, value: snapshot }]),
    ...(seed === undefined ? [] : [{ key: ownTags.seed, value: `${seed}` }]),
    ...Object.entries(tags).map(([name, value]) => ({
      key: toMlflowKey(name).replace(/^t(?=amis\.)/, "_x0074_"),
      value: String(value),
    })),
  ];
}

/** Parameters, and the tags that tell texts that look like numbers or booleans from these. */
export interface ParameterFacts {
  readonly parameters: KeyValue[];
  readonly tags: KeyValue[];
}

export function parametersOf(
  parameters: Readonly<Record<string, string | number | boolean>>,
): ParameterFacts {
  const entries = Object.entries(parameters);
  return {
    parameters: entries.map(([name, value]) => ({ key: toMlflowKey(name), value: String(value) })),
    tags: entries
      .filter(([, value]) => typeof value === "string" && typed(value) !== value)
      .map(([name]) => ({ key: ownTags.text + toMlflowKey(name), value: "true" })),
  };
}

/** The sentence beside a run, cut where MLflow would refuse it. */
export function messageTag(message: string): KeyValue {
  const value = message.length <= maxTagLength ? message : `${message.slice(0, maxTagLength - 1)}…`;
  return { key: ownTags.message, value };
}

/** A digest of MLflow has 36 characters at most: the whole one is in the source, and in our tag. */
export function datasetInputOf(snapshot: string) {
  return {
    tags: [{ key: "mlflow.data.context", value: "training" }],
    dataset: {
      name: "snapshot",
      digest: snapshot.slice(0, 36),
      source_type: "tamis",
      source: JSON.stringify({ snapshot }),
    },
  };
}

/** What the tags and parameters of a run say, {@link tagsOf} and {@link parametersOf} the other way. */
export function factsOf(tags: readonly KeyValue[], parameters: readonly KeyValue[]) {
  const own = new Map(tags.map(({ key, value }) => [key, value]));
  const seed = own.get(ownTags.seed);
  const isText = (key: string) => own.has(ownTags.text + key);
  return {
    runId: own.get(ownTags.runId) ?? null,
    snapshot: own.get(ownTags.snapshot) ?? null,
    seed: seed === undefined ? null : Number(seed),
    message: own.get(ownTags.message) ?? null,
    tags: Object.fromEntries(
      tags
        .filter(({ key }) => !/^(?:tamis|mlflow)\./.test(key))
        .map(({ key, value }): [string, Id] => [fromMlflowKey(key), canonicalId(value)]),
    ),
    parameters: Object.fromEntries(
      parameters.map(({ key, value }) => [fromMlflowKey(key), isText(key) ? value : typed(value)]),
    ),
  };
}

/** A text that is written as a number or boolean would be, as that. */
function typed(value: string): string | number | boolean {
  if (value === "true" || value === "false") return value === "true";
  return value !== "" && String(Number(value)) === value ? Number(value) : value;
}
