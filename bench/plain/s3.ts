import { createReadStream } from "node:fs";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";

/** The AWS client as its documentation uses it: an object goes in parts of 16 MiB, four at a time. */
export function plainS3({ bucket, endpoint }: { readonly bucket: string; readonly endpoint: string }) {
  const client = new S3Client({
    endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  const [size, atOnce] = [16 << 20, 4];
  const get = async (Key: string, Range?: string) => {
    const { Body } = await client.send(
      new GetObjectCommand({ Bucket: bucket, Key, ...(Range && { Range }) }),
    );
    return Body as unknown as AsyncIterable<Uint8Array>;
  };
  return {
    /** @param body - bytes, or the path of a file. */
    async put(Key: string, body: Uint8Array | string): Promise<void> {
      const Body = typeof body === "string" ? createReadStream(body, { highWaterMark: 1 << 20 }) : body;
      const params = { Bucket: bucket, Key, Body };
      await new Upload({ client, params, partSize: size, queueSize: atOnce }).done();
    },
    get: (key: string) => get(key),
    /** In ranges of 16 MiB, four at a time, into memory for all of it. */
    async getInRanges(key: string, whole: Uint8Array): Promise<void> {
      const bytes = whole.byteLength;
      let next = 0;
      const worker = async () => {
        while (next < bytes) {
          let position = next;
          next += size;
          const range = `bytes=${position}-${Math.min(position + size, bytes) - 1}`;
          for await (const chunk of await get(key, range)) {
            whole.set(chunk, position);
            position += chunk.byteLength;
          }
        }
      };
      await Promise.all(Array.from({ length: atOnce }, worker));
    },
  };
}
