import type { ModelVersion } from "@tamis/core";

/**
 * The file `MLmodel` of a version: what MLflow shows of a model folder. Its only flavour is ours. Python reads the
 * factors with `safetensors` from the file named in it; `mlflow.pyfunc.load_model` cannot load it, for the code that
 * makes recommendations of the factors is not Python.
 *
 * @param folder - where in the run's artifacts it lies.
 * @param runId - of MLflow.
 */
export function mlModelFile(version: ModelVersion, folder: string, runId: string): string {
  // JSON texts are YAML texts.
  const lines = [
    `artifact_path: ${JSON.stringify(folder)}`,
    "flavors:",
    "  tamis:",
    `    algorithm: ${JSON.stringify(version.algorithm)}`,
    "    data: model.safetensors",
    `    sha256: ${JSON.stringify(version.sha256)}`,
    "    cold_start: cold-start.safetensors",
    `    options: ${JSON.stringify(JSON.stringify(version.options))}`,
    `model_size_bytes: ${version.bytes}`,
    `run_id: ${JSON.stringify(runId)}`,
    `utc_time_created: ${JSON.stringify(version.createdAt.toISOString().replace("T", " ").replace("Z", ""))}`,
  ];
  return `${lines.join("\n")}\n`;
}
