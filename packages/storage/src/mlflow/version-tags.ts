import type { ModelVersion } from "@tamis/core";
import { toMlflowKey } from "./mlflow-key.ts";
import { type KeyValue, messageTag } from "./run-facts.ts";

/** The tag by which a version is found again: its number in our registry. */
export const versionTag = "tamis.version";

/** What MLflow is told of a version beside its files. */
export function versionTags(version: ModelVersion, verdict: string | null): KeyValue[] {
  return [
    { key: versionTag, value: `${version.version}` },
    { key: "tamis.run_id", value: version.runId },
    { key: "tamis.algorithm", value: version.algorithm },
    { key: "tamis.sha256", value: version.sha256 },
    { key: "tamis.snapshot", value: version.snapshot },
    ...(verdict === null ? [] : [{ key: "tamis.verdict", value: messageTag(verdict).value }]),
    ...Object.entries(version.metrics).map(([name, value]) => ({
      key: toMlflowKey(name),
      value: String(value),
    })),
  ];
}
