import { mkdir } from "node:fs/promises";
import { fileSystemError } from "./file-system-error.ts";

/**
 * Makes a folder and those above it, when absent.
 *
 * @throws configuration when it is not permitted or a file is in the way; no_space
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw fileSystemError(error, path);
  }
}
