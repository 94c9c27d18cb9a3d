/** They say that the service lives, and nothing else. */
const healthPaths: ReadonlySet<string> = new Set([
  "/health",
  "/api/health",
  "/livez",
  "/readyz",
  "/predict/health",
]);

/** To sign in, and out. */
const sessionPaths: ReadonlySet<string> = new Set(["/login", "/logout"]);

/** Whether a path is open to everybody, token or not: health, and what the page to sign in needs. */
export function isPublic(path: string): boolean {
  return healthPaths.has(path) || sessionPaths.has(path) || path.startsWith("/assets/");
}

/** Whether machines ask for a path every few seconds. */
export function isQuiet(path: string): boolean {
  return healthPaths.has(path) || path === "/metrics";
}
