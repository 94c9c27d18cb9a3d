import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cachedObjects } from "@tamis/storage";
import { openS3 } from "@tamis/storage/s3";
import { withS3 } from "../data/s3-server.ts";
import { inTurns, median, seconds } from "../in-turns.ts";
import { plainS3 } from "../plain/s3.ts";
import { atLeast, findRow, type Measurement, type Row, type Run, type Suite } from "../suite.ts";

const large = 256_000_000; // bytes
const turns = 5;

/** What one turn compares: ours, and ways of the bare client, of which the fastest counts. */
interface Pair {
  readonly ours: () => Promise<unknown>;
  readonly bare: Readonly<Record<string, () => Promise<unknown>>>;
}

interface Place {
  readonly store: Awaited<ReturnType<typeof openS3>>;
  readonly plain: ReturnType<typeof plainS3>;
  readonly body: Uint8Array;
  readonly file: string;
  readonly sha256: string;
}

function besideBareClient(of: string, name: string, pairOf: (place: Place) => Pair): Run {
  return {
    case: of,
    name,
    measure: () =>
      withS3(async ({ bucket, endpoint, folder }): Promise<Measurement> => {
        const body = randomBytes(large);
        const file = join(folder, "body");
        await writeFile(file, body);
        const sha256 = createHash("sha256").update(body).digest("hex");
        const store = await openS3({ bucket, endpoint, scratch: folder });
        const plain = plainS3({ bucket, endpoint });
        await store.put("ours", body);
        const { ours, bare } = pairOf({ store, plain, body, file, sha256 });
        const medians = await inTurns(turns, { ours, ...bare });
        const { ours: own, ...others } = medians as Record<string, number>;
        const fastest = Math.min(...Object.values(others));
        return {
          seconds: own!,
          figures: {
            MB_per_second: large / 1e6 / own!,
            bare_seconds: fastest,
            of_the_bare_speed: fastest / own!,
          },
        };
      }),
  };
}

const [write, read] = [`write ${large / 1e6} MB`, `read ${large / 1e6} MB`];

const beside: readonly Run[] = [
  besideBareClient(write, "bytes in memory", ({ store, plain, body }) => ({
    ours: () => store.put("ours", body),
    bare: { upload: () => plain.put("bare", body) },
  })),
  besideBareClient(write, "a file, its digest known", ({ store, plain, file, sha256 }) => ({
    ours: () => store.put("ours", createReadStream(file, { highWaterMark: 1 << 20 }), { sha256 }),
    bare: { upload: () => plain.put("bare", file) },
  })),
  besideBareClient(write, "a stream of unknown digest", ({ store, plain, file }) => ({
    ours: () => store.put("ours", createReadStream(file, { highWaterMark: 1 << 20 })),
    bare: { upload: () => plain.put("bare", file) },
  })),
  besideBareClient(read, "as a stream", ({ store, plain, body }) => ({
    ours: async () => drain((await store.get("ours"))!),
    bare: {
      stream: async () => drain(await plain.get("ours")),
      ranges: () => plain.getInRanges("ours", body),
    },
  })),
  besideBareClient(read, "into a file", ({ store, plain, file }) => ({
    ours: async () => save((await store.get("ours"))!, `${file}-ours`),
    bare: { stream: async () => save(await plain.get("ours"), `${file}-bare`) },
  })),
];

/** Objects of one size, read through a cache: the first time, again, and by a store that was opened anew. */
function cachedReads(label: string, bytes: number, count: number, asFile: boolean): Run {
  return {
    case: `read ${label} again`,
    name: asFile ? "as a local file" : "as a stream",
    measure: () =>
      withS3(async ({ bucket, endpoint, folder }) => {
        const remote = await openS3({ bucket, endpoint, scratch: folder });
        const keys = Array.from({ length: count }, (_, n) => `object-${n}`);
        for (const key of keys) await remote.put(key, randomBytes(bytes));
        const reopen = () => cachedObjects(remote, { path: join(folder, "copies") });
        type Store = Awaited<ReturnType<typeof reopen>>;
        const readOne = async (store: Store, key: string) =>
          asFile ? await store.localPath(key) : await drain((await store.get(key))!);
        const readAll = async (store: Store) => {
          const took: number[] = [];
          for (const key of keys) took.push(await seconds(() => readOne(store, key)));
          return median(took);
        };
        await drain((await remote.get(keys[0]!))!); // the connection is there
        const store = await reopen();
        const first = await readAll(store);
        const again = median([await readAll(store), await readAll(store), await readAll(store)]);
        const [reopened, next] = [await reopen(), await reopen()];
        const anew = median([await readAll(reopened), await readAll(next)]);
        return {
          figures: {
            first_ms: first * 1000,
            again_ms: again * 1000,
            opened_anew_ms: anew * 1000,
            times_the_first: first / again,
          },
        };
      }),
  };
}

const cached: readonly Run[] = [
  cachedReads("10 kB", 10_000, 50, false),
  cachedReads("1 MB", 1_000_000, 30, false),
  cachedReads("10 MB", 10_000_000, 10, true),
  cachedReads(`${large / 1e6} MB`, large, 1, true),
  cachedReads(`${large / 1e6} MB`, large, 1, false),
];

const memory: Run = {
  case: "2 GB there and back",
  name: "a stream, its digest known",
  measure: () =>
    withS3(async ({ bucket, endpoint, folder }) => {
      const chunk = Buffer.alloc(1_000_000, "tamis");
      const body = async function* () {
        for (let sent = 0; sent < 2000; sent++) yield chunk;
      };
      const hash = createHash("sha256");
      for await (const part of body()) hash.update(part);
      const sha256 = hash.digest("hex");
      const store = await openS3({ bucket, endpoint, scratch: folder });
      const there = await seconds(() => store.put("large", body(), { sha256 }));
      const back = await seconds(async () => drain((await store.get("large"))!));
      return { seconds: there + back, figures: { write_seconds: there, read_seconds: back } };
    }),
};

const figure = (rows: readonly Row[], wanted: { case: string; name: string }, of: string) =>
  findRow(rows, wanted)?.figures?.[of];

export const s3: Suite = {
  title: "S3",
  about: `Our store beside the AWS client itself (\`Upload\` of lib-storage in parts of 16 MiB, four at a time; \`GetObject\` as one
stream, or in four parallel ranges where that is faster), on the same server: Ceph's object gateway with everything in
memory, on the same processors. Medians of ${turns} turns, ours and theirs one after the other. Ours compares or stores the
SHA-256 of all bytes. A copy is read after the first read of the same object through the cache, by the same process
(small ones from memory) or by a store opened anew, which compares its digest; as a local file is how DuckDB reads a
snapshot, which is what is read again and again at that size; as a stream, which copies every byte, a model file is read, once a
process (\`docs/decisions/2026-11-30-large-copies-are-read-as-files.md\`). That 2 GB pass through less than
200 MB of a whole process is a test (\`s3-processes.test.ts\`); here the suites and their loader are in memory too.`,
  runs: [...beside, ...cached, memory],
  targets: [
    ...beside.map(({ case: of, name }) => ({
      says: `${of}, ${name}: at least .8 of the bare client's speed`,
      reached: (rows: readonly Row[]) => atLeast(figure(rows, { case: of, name }, "of_the_bare_speed"), 0.8),
    })),
    ...cached.map(({ case: of, name }) => ({
      says: `${of}, ${name}: at least 50 times as fast as the first time`,
      reached: (rows: readonly Row[]) => atLeast(figure(rows, { case: of, name }, "times_the_first"), 50),
    })),
  ],
};

async function drain(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of chunks);
}

async function save(chunks: AsyncIterable<Uint8Array>, path: string): Promise<void> {
  const file = await open(path, "w");
  for await (const chunk of chunks) await file.writeFile(chunk);
  await file.close();
}
