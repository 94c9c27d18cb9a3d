/** Open to everybody, token or not: they say that the service lives, and nothing else. */
const healthPaths: ReadonlySet<string> = new Set([
  "/health",
  "/api/health",
  "/livez",
  "/readyz",
  "/predict/health",
]);

/** Whether a path is open to everybody: health, and what the page to sign in needs. */
export function isPublic(path: string): boolean {
  return healthPaths.has(path) || path === "/login" || path.startsWith("/assets/");
}
