import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { TamisError } from "@tamis/core";

/** Bytes that are gathered before they are written. */
const blockLength = 1 << 16;

/**
 * Writes text to a file that gets its name when it is complete; a file of that name is replaced then.
 *
 * @throws not_found when the folder does not exist; no_space; what the text throws. Nothing is left behind then.
 */
export async function writeWholeFile(path: string, text: AsyncIterable<string>): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  try {
    await pipeline(Readable.from(inBlocks(text)), createWriteStream(partial));
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true });
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") {
      throw new TamisError("not_found", `The folder of ${path} does not exist; make it first.`, { cause });
    }
    if (code !== "ENOSPC") throw cause;
    const message = `The disk is full: ${path} was not written. Free some space and try again.`;
    throw new TamisError("no_space", message, { details: { path }, cause });
  }
}

/** Few large writes instead of many small ones. */
async function* inBlocks(text: AsyncIterable<string>): AsyncGenerator<string> {
  let block = "";
  for await (const part of text) {
    block += part;
    if (block.length < blockLength) continue;
    yield block;
    block = "";
  }
  if (block !== "") yield block;
}
