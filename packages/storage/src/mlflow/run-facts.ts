import { canonicalId, type Id, type NewRun, type RunStatus, TamisError } from "@tamis/core";
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

/** The longest values that every server of MLflow takes, in characters. */
const longest = { parameter: 6000, tag: 5000 };

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

/**
 * What is said of a run as tags. A tag of the run itself may be called like one of ours: its first letter is escaped.
 *
 * @throws invalid_input for a tag that is too long
 */
export function tagsOf(runId: string, run: NewRun): KeyValue[] {
  const { snapshot, seed, tags = {} } = run;
  return [
    { key: ownTags.runId, value: runId },
    ...(snapshot === undefined ? [] : [{ key: ownTags.snapshot, value: snapshot }]),
    ...(seed === undefined ? [] : [{ key: ownTags.seed, value: `${seed}` }]),
    ...Object.entries(tags).map(([name, value]) => ({
      key: toMlflowKey(name).replace(/^t(?=amis\.)/, "_x0074_"),
      value: limited(`The tag “${name}”`, String(value), longest.tag),
    })),
  ];
}

/** Parameters, and the tags that tell texts that look like numbers or booleans from these. */
export interface ParameterFacts {
  readonly parameters: KeyValue[];
  readonly tags: KeyValue[];
}

/** @throws invalid_input for a parameter that is too long */
export function parametersOf(
  parameters: Readonly<Record<string, string | number | boolean>>,
): ParameterFacts {
  const entries = Object.entries(parameters);
  return {
    parameters: entries.map(([name, value]) => ({
      key: toMlflowKey(name),
      value: limited(`The parameter “${name}”`, String(value), longest.parameter),
    })),
    tags: entries
      .filter(([, value]) => typeof value === "string" && typed(value) !== value)
      .map(([name]) => ({ key: ownTags.text + toMlflowKey(name), value: "true" })),
  };
}

/** The sentence beside a run, cut where MLflow would refuse it. */
export function messageTag(message: string): KeyValue {
  const value = message.length <= longest.tag ? message : `${message.slice(0, longest.tag - 1)}…`;
  return { key: ownTags.message, value };
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

function limited(what: string, value: string, most: number): string {
  if (value.length <= most) return value;
  throw new TamisError(
    "invalid_input",
    `${what} has ${value.length} characters; MLflow takes ${most}. Log it as an artifact.`,
  );
}

/** A text that is written as a number or boolean would be, as that. */
function typed(value: string): string | number | boolean {
  if (value === "true" || value === "false") return value === "true";
  return value !== "" && String(Number(value)) === value ? Number(value) : value;
}
