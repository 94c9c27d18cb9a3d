import { readFile, stat } from "node:fs/promises";
import { TamisError } from "@tamis/core";
import { maxSecretDays } from "@tamis/storage";

const dayMs = 24 * 60 * 60_000;

/**
 * Reads a file of tokens, one a line.
 *
 * @param warn - is told when the file is old, or can be read by others
 * @throws configuration when it cannot be read or holds none
 */
export async function readTokenFile(file: string, warn: (sentence: string) => void): Promise<string[]> {
  const text = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new TamisError("configuration", `The token file ${file} cannot be read (${cause.code}).`, {
      cause,
    });
  });
  const tokens = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  if (tokens.length === 0) {
    throw new TamisError("configuration", `The token file ${file} is empty; write one token per line.`);
  }
  const { mode, mtimeMs } = await stat(file);
  if ((mode & 0o077) !== 0) warn(`The token file ${file} can be read by others: chmod 600 ${file}`);
  if (Date.now() - mtimeMs > maxSecretDays * dayMs) {
    warn(`The token file ${file} is older than ${maxSecretDays} days: replace its tokens.`);
  }
  return tokens;
}
