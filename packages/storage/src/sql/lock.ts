import { setTimeout as sleep } from "node:timers/promises";
import { TamisError } from "@tamis/core";
import { engineOf } from "./engine.ts";
import type { Records } from "./schema.ts";

/**
 * Does `work` while holding the named lock of these records. The lock is the operating system's (a locked file
 * beside the SQLite database), so it ends with the process, however the process ends.
 *
 * @param name - what is going on, as one word for the message: `import`, `train`.
 * @throws conflict at once when somebody else holds it, in this process or another
 * @throws invalid_input for a name of other characters than a-z, 0-9 and hyphen
 */
export async function withLock<T>(records: Records, name: string, work: () => Promise<T>): Promise<T> {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) {
    throw new TamisError(
      "invalid_input",
      `The lock name ${JSON.stringify(name)} may hold a-z, 0-9 and hyphens only.`,
    );
  }
  const release = await engineOf(records).tryLock(name);
  if (release === undefined) {
    throw new TamisError(
      "conflict",
      `Another ${name} is running on this data. Wait until it has ended, or stop it, then try again.`,
      { details: { lock: name } },
    );
  }
  try {
    return await work();
  } finally {
    await release();
  }
}

/** How often a lock that is taken is asked for again. */
const pollMs = 100;

/** The same, but it waits until nobody else holds the lock: for work that whoever comes second finds done. */
export async function whenFree<T>(records: Records, name: string, work: () => Promise<T>): Promise<T> {
  const { tryLock } = engineOf(records);
  for (;;) {
    const release = await tryLock(name);
    if (release === undefined) await sleep(pollMs);
    else return await work().finally(release);
  }
}
