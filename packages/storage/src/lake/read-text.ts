import type { ObjectStore } from "@tamis/core";

/** The text of a small object, `undefined` when there is none. */
export async function readText(objects: ObjectStore, key: string): Promise<string | undefined> {
  const chunks = await objects.get(key);
  if (!chunks) return undefined;
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString("utf8");
}
