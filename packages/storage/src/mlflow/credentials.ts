import { TamisError } from "@tamis/core";

/** Who we are to the server: a token, or a name and password, or nobody. */
export interface MlflowCredentials {
  readonly token?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

/** What MLflow's own clients read: MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD. */
export function environmentCredentials(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): MlflowCredentials {
  return {
    token: environment.MLFLOW_TRACKING_TOKEN,
    username: environment.MLFLOW_TRACKING_USERNAME,
    password: environment.MLFLOW_TRACKING_PASSWORD,
  };
}

/**
 * The `Authorization` header of credentials, `undefined` for nobody. A token goes before a name, as in MLflow.
 *
 * @throws configuration for a token that no header can carry; it is not shown
 */
export function authorizationOf({ token, username, password }: MlflowCredentials): string | undefined {
  if (token) {
    if (/^[\x21-\x7e]+$/.test(token)) return `Bearer ${token}`;
    throw new TamisError(
      "configuration",
      "MLFLOW_TRACKING_TOKEN holds a blank or a character that no header can carry (it is not shown: it is a secret).",
    );
  }
  if (!username) return undefined;
  return `Basic ${Buffer.from(`${username}:${password ?? ""}`, "utf8").toString("base64")}`;
}
