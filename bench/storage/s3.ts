/**
 * Objects of 256 MB on S3: our store beside the bare AWS client on the same throw-away server, in turns, in one run;
 * then what a copy is worth: the first read of an object against the next ones.
 *
 * TAMIS_BENCH_BYTES (default 256000000) is the size, TAMIS_BENCH_TIMES (default 5) how often each is done; the least
 * time counts. Ends with code 1 when a target is missed.
 */
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { cachedObjects } from "@tamis/storage";
import { openS3 } from "@tamis/storage/s3";
import { startCeph, whyNoCeph } from "../../packages/storage/src/testing/ceph.ts";
import { plainBucket, useCredentials } from "../../packages/storage/src/testing/plain-bucket.ts";

const bytes = Number(process.env.TAMIS_BENCH_BYTES ?? 256_000_000);
const times = Number(process.env.TAMIS_BENCH_TIMES ?? 5);

async function main(): Promise<void> {
  const reason = await whyNoCeph();
  if (reason !== undefined) return console.log(`not measured: ${reason}`);
  const folder = await mkdtemp(join(tmpdir(), "tamis-bench-s3-"));
  const server = await startCeph(folder);
  try {
    useCredentials(server);
    const settings = await plainBucket(server);
    const missed = [...(await besideBareClient(settings)), ...(await besideFirstRead(settings, folder))];
    for (const target of missed) console.log(`MISSED: ${target}`);
    process.exitCode = missed.length > 0 ? 1 : 0;
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

type Settings = Awaited<ReturnType<typeof plainBucket>>;

async function besideBareClient({ bucket, endpoint = "" }: Settings): Promise<string[]> {
  const client = new S3Client({
    endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  const store = await openS3({ bucket, endpoint });
  const body = randomBytes(bytes);
  const sha256 = createHash("sha256").update(body).digest("hex");
  const upload = (partSize: number) =>
    new Upload({
      client,
      params: { Bucket: bucket, Key: "bare", Body: body },
      partSize,
      queueSize: 4,
    }).done();
  const least = await inTurns({
    "PUT bare, parts of 16 MiB": () => upload(16 << 20),
    "PUT bare, parts of 8 MiB": () => upload(8 << 20),
    "PUT ours, from memory": () => store.put("ours", body),
    "PUT ours, a stream with its digest": () => store.put("ours", slices(body), { sha256 }),
    "PUT ours, a stream of unknown digest": () => store.put("ours", slices(body)),
    "GET bare": async () => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: "bare" }));
      await drain(Body as unknown as AsyncIterable<Uint8Array>);
    },
    "GET ours, digest compared": async () => drain((await store.get("ours"))!),
  });
  const [put16, put8, ...rest] = Object.values(least);
  const [memory, stream, , bareGet, get] = rest as [number, number, number, number, number];
  const put = Math.min(put16!, put8!);
  return [
    ...target("PUT from memory, of the bare client's speed", put / memory, 0.8),
    ...target("PUT of a stream, of the bare client's speed", put / stream, 0.8),
    ...target("GET, of the bare client's speed", bareGet / get, 0.8),
  ];
}

async function besideFirstRead(settings: Settings, folder: string): Promise<string[]> {
  const missed: string[] = [];
  for (const [size, name] of [
    [10_000, "10 kB"],
    [1_000_000, "1 MB"],
    [bytes, `${bytes / 1e6} MB`],
  ] as const) {
    const store = await cachedObjects(await openS3(settings), { path: join(folder, `copies-${size}`) });
    const keys = Array.from({ length: size === bytes ? 1 : 20 }, (_, i) => `read/${size}/${i}`);
    for (const key of keys) await store.put(key, randomBytes(size));
    const all = (read: (key: string) => Promise<unknown>) => async () => {
      for (const key of keys) await read(key);
    };
    const get = async (key: string) => drain((await store.get(key))!);
    const first = await seconds(all(get));
    await all((key) => store.localPath(key))(); // the digest is compared once
    const again = Math.min(await seconds(all(get)), await seconds(all(get)));
    const path = Math.min(
      await seconds(all((key) => store.localPath(key))),
      await seconds(all((key) => store.localPath(key))),
    );
    const each = (total: number) => `${((total / keys.length) * 1000).toFixed(3)} ms`;
    console.log(`${name}: first read ${each(first)}, next ${each(again)}, as a file ${each(path)}`);
    const near = size <= 1_000_000 ? again : path;
    missed.push(
      ...target(
        `${name}: next read ${size <= 1_000_000 ? "from memory" : "as a file"}, times as fast`,
        first / near,
        50,
      ),
    );
  }
  return missed;
}

/** The least time of each, all done in turns so that what disturbs one disturbs all. */
async function inTurns<Name extends string>(
  works: Readonly<Record<Name, () => Promise<unknown>>>,
): Promise<Record<Name, number>> {
  const entries = Object.entries(works) as [Name, () => Promise<unknown>][];
  const least = Object.fromEntries(entries.map(([name]) => [name, Number.POSITIVE_INFINITY])) as Record<
    Name,
    number
  >;
  for (let turn = 0; turn <= times; turn++) {
    for (const [name, work] of entries) {
      const took = await seconds(work);
      if (turn > 0) least[name] = Math.min(least[name], took); // the first turn warms up
    }
  }
  for (const [name] of entries) {
    console.log(`${name}: ${least[name].toFixed(2)} s, ${(bytes / 1e6 / least[name]).toFixed(0)} MB/s`);
  }
  return least;
}

function target(name: string, ratio: number, wanted: number): string[] {
  const line = `${name}: ${ratio.toFixed(2)} (wanted ${wanted})`;
  console.log(line);
  return ratio >= wanted ? [] : [line];
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

async function* slices(body: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < body.length; start += 1 << 20) yield body.subarray(start, start + (1 << 20));
}

async function drain(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of chunks);
}

await main();
