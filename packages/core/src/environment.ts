/** Where the program runs. `LOCAL` is a developer's machine and the answer when nothing says otherwise. */
export type EnvironmentName = "PROD" | "PREPROD" | "LOCAL";

/** What {@link detectEnvironment} looks at; `readHost` of `@tamis/storage` reads it from the process. */
export interface HostFacts {
  /** The variable `APP_ENV`, when it is set. */
  readonly appEnv?: string | undefined;
  /** The working folder, with `/` or `\`. */
  readonly cwd: string;
}

/** A decision and how it was reached. `warning` is set when `APP_ENV` was not understood. */
export interface DetectedEnvironment {
  readonly name: EnvironmentName;
  readonly decidedBy: "APP_ENV" | "path" | "default";
  readonly warning?: string;
}

/**
 * Decides the environment: `APP_ENV` (`prod`, `preprod` or `local`, in any case) first; else a path segment
 * `20_prod` or `10_preprod`, the deepest one; else `LOCAL`. Another `APP_ENV` is ignored with a warning.
 *
 * @example
 * detectEnvironment({ cwd: "/srv/10_preprod/app" }).name; // "PREPROD"
 */
export function detectEnvironment(host: HostFacts): DetectedEnvironment {
  const asked = host.appEnv?.trim().toUpperCase() ?? "";
  if (asked === "PROD" || asked === "PREPROD" || asked === "LOCAL")
    return { name: asked, decidedBy: "APP_ENV" };
  const found = fromPath(host.cwd);
  if (asked === "") return found;
  return { ...found, warning: `APP_ENV=${host.appEnv} is not prod, preprod or local; it was ignored.` };
}

function fromPath(cwd: string): DetectedEnvironment {
  for (const segment of cwd.split(/[/\\]/).reverse()) {
    if (segment === "20_prod") return { name: "PROD", decidedBy: "path" };
    if (segment === "10_preprod") return { name: "PREPROD", decidedBy: "path" };
  }
  return { name: "LOCAL", decidedBy: "default" };
}

/** An environment that is looked up once and then remembered. */
export interface Environment {
  /** `PROD`, `PREPROD` or `LOCAL`; the same answer until {@link Environment.reset}. */
  name(): EnvironmentName;
  detected(): DetectedEnvironment;
  /** Forgets the answer, so that the next call looks again (for tests). */
  reset(): void;
}

/** @param readHost - called once, at the first question. */
export function createEnvironment(readHost: () => HostFacts): Environment {
  let known: DetectedEnvironment | undefined;
  const detected = () => {
    known ??= detectEnvironment(readHost());
    return known;
  };
  return {
    name: () => detected().name,
    detected,
    reset: () => {
      known = undefined;
    },
  };
}
