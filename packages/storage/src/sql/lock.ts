import { TamisError } from "@tamis/core";
import type { Records } from "./schema.ts";

/**
 * Does `work` while holding the named lock, which the operating system frees when the process dies.
 *
 * @param name - lower-case letters, digits and hyphens: `import`, `train`.
 * @throws conflict at once when somebody else holds it
 */
export async function withLock<T>(_records: Records, _name: string, _work: () => Promise<T>): Promise<T> {
  throw new TamisError("unsupported", "withLock is being written.");
}
