import { type FileHandle, open, rm } from "node:fs/promises";

/** A copy, in a file, of a stream that is on its way elsewhere. */
export interface PassingCopy {
  readonly path: string;
  /** The same stream, written to the file while it is read. */
  readonly passing: AsyncIterable<Uint8Array>;
  /** Ends the writing. False unless the file holds so many bytes. */
  isWhole(bytes: number): Promise<boolean>;
  /** Removes the file, unless it has got another name. */
  discard(): Promise<void>;
}

/** @param path - of a new file. A disk that is full ends the copy, never the passage. */
export function passingCopy(path: string, body: AsyncIterable<Uint8Array>): PassingCopy {
  let file: FileHandle | undefined;
  let written = 0;
  let hasFailed = false;
  const close = async () => {
    await file?.close().catch(() => {
      hasFailed = true;
    });
    file = undefined;
  };
  const write = async (bytes: Uint8Array) => {
    if (hasFailed) return;
    try {
      file ??= await open(path, "wx");
      await file.writeFile(bytes);
      written += bytes.byteLength;
    } catch {
      hasFailed = true;
      await close();
      await rm(path, { force: true }); // somebody else may need the room
    }
  };
  async function* passing() {
    for await (const chunk of body) {
      const writing = write(chunk);
      yield chunk;
      await writing; // the source may use its memory again
    }
  }
  return {
    path,
    passing: passing(),
    async isWhole(bytes) {
      if (bytes === 0) await write(new Uint8Array()); // no chunk has come by to make the file
      await close();
      return !hasFailed && written === bytes;
    },
    async discard() {
      await close();
      await rm(path, { force: true });
    },
  };
}
