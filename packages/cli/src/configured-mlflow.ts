import { TamisError } from "@tamis/core";
import type { Mlflow } from "@tamis/storage/mlflow";
import type { Context } from "./context.ts";

/** @throws configuration when there is none */
export async function configuredMlflow(context: Context): Promise<Mlflow> {
  const mlflow = await context.mlflow();
  if (mlflow) return mlflow;
  throw new TamisError(
    "configuration",
    "No MLflow server is configured. Give --mlflow-url URL, or set TAMIS_MLFLOW_URL.",
  );
}
