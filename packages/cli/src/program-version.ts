import { createRequire } from "node:module";

/** The version of this package: what `--version` prints, and each run remembers. */
export function programVersion(): string {
  const manifest = createRequire(import.meta.url)("../package.json") as { version: string };
  return manifest.version;
}
