import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { measure } from "../measure.ts";
import { atLeast, atMost, findRow, type Measurement, ratio, type Suite } from "../suite.ts";

const large = "10 million ratings against 10 million";
const small = "1 million ratings against 1 million";

export const drift: Suite = {
  title: "Drift",
  about: `Two snapshots of generated ratings by 138,493 users of 27,278 items with genres, as imports write them. Ours, from end
to end: the digests of the files are checked, ratings and genres, users and items of the current snapshot are counted by DuckDB,
compared with the baseline by permutation, and the report is stored and written as a page. All columns differ, which takes
longest: where nothing has changed, permutations end early. Who does nothing else: the same
DuckDB groups the same columns of both files, and compares nothing.`,
  baselines: ["DuckDB"],
  runs: [small, large].flatMap((size, n) => {
    const rows = n === 0 ? 1_000_000 : 10_000_000;
    return [
      { case: size, name: "DuckDB GROUP BY, nothing else", measure: () => bareGroupBy(rows) },
      { case: size, name: "checkDrift, calibrated", measure: () => compare(rows, "calibrated") },
      { case: size, name: "checkDrift, evidently", measure: () => compare(rows, "evidently") },
    ];
  }),
  targets: [
    {
      says: "10 million ratings compared in less than 10 s",
      reached: (rows) => atMost(findRow(rows, { case: large, name: "checkDrift, calibrated" })?.seconds, 10),
    },
    {
      says: "at a tenth of the bare grouping's rate or more",
      reached: (rows) =>
        atLeast(
          ratio(
            findRow(rows, { case: large, name: "checkDrift, calibrated" }),
            findRow(rows, { case: large, name: "DuckDB" }),
          ),
          0.1,
        ),
    },
    {
      says: "a report of less than 1 MB",
      reached: (rows) =>
        atMost(findRow(rows, { case: large, name: "checkDrift, calibrated" })?.figures?.report_kb, 1000),
    },
  ],
};

async function compare(rows: number, profile: "calibrated" | "evidently"): Promise<Measurement> {
  const { checkDrift, driftReport, takeBaseline } = await import("../../packages/ml/src/index.ts");
  const { driftPorts, openTamis } = await import("../../packages/storage/src/index.ts");
  const { tamis, first, second } = await openPair(rows, openTamis);
  const ports = driftPorts(tamis);
  await takeBaseline(ports, { window: { snapshot: first }, createdBy: "bench" });
  const { result, ...measured } = await measure(1, async () => {
    const { document } = await checkDrift(ports, { profile, window: { snapshot: second } });
    return driftReport(document);
  });
  await tamis.close();
  return { ...measured, figures: { report_kb: result.length / 1000 } };
}

async function bareGroupBy(rows: number): Promise<Measurement> {
  const { openTamis } = await import("../../packages/storage/src/index.ts");
  const { tamis, paths } = await openPair(rows, openTamis);
  const { result: _, ...measured } = await measure(1, async () => {
    for (const path of paths) {
      for (const column of ["rating", "user_id", "item_id"]) {
        const counted = `SELECT ${column}, count(*) AS n FROM read_parquet($path) GROUP BY ${column}`;
        await tamis.warehouse.query(`SELECT count(*), sum(n) FROM (${counted})`, { path });
      }
    }
  });
  await tamis.close();
  return measured;
}

/** Two snapshots of made-up ratings: written by DuckDB as an import writes them, because what is measured comes after. */
async function openPair(
  rows: number,
  openTamis: typeof import("../../packages/storage/src/index.ts").openTamis,
) {
  const { dataDirOf } = await import("../data/imported.ts");
  const config = dataDirOf(`drift-${rows}`);
  await rm(config.dataDir, { recursive: true, force: true });
  await mkdir(config.dataDir, { recursive: true });
  const tamis = await openTamis(config);
  const [first, second] = [await addSnapshotOf(tamis, rows, 1), await addSnapshotOf(tamis, rows, 2)];
  return {
    tamis,
    first: first.digest,
    second: second.digest,
    paths: [first.path, second.path],
  };
}

async function addSnapshotOf(
  tamis: import("../../packages/storage/src/index.ts").Tamis,
  rows: number,
  seed: number,
) {
  const { describeFile } = await import("../../packages/storage/src/lake/describe-file.ts");
  const { publishSnapshot } = await import("../../packages/storage/src/lake/write-snapshot.ts");
  const folder = join(tamis.dataDir, "tmp");
  await mkdir(folder, { recursive: true });
  const draw = (salt: number) => `(hash(i * 8 + ${salt} + ${seed} * 1000000007) % 1000003) / 1000003.0`;
  const write = async (name: string, select: string) => {
    const path = join(folder, `${seed}-${name}`);
    await tamis.warehouse.query(`COPY (${select}) TO '${path}' (FORMAT parquet, COMPRESSION zstd)`);
    return { ...(await describeFile(name, path)), path };
  };
  const ratings = await write(
    "ratings.parquet",
    `SELECT CAST(floor(pow(${draw(1)}, ${seed + 1}) * 138493) AS BIGINT) AS user_id,
      CAST(floor(pow(${draw(2)}, ${seed + 2}) * 27278) AS BIGINT) AS item_id,
      CAST(1 + floor(pow(${draw(3)}, 1.0 / ${seed + 1}) * 9) AS DOUBLE) / 2 AS rating, CAST(1000000000 + i AS BIGINT) AS rated_at
      FROM range(${rows}) AS r(i)`,
  );
  const items = await write(
    "items.parquet",
    `SELECT CAST(i AS BIGINT) AS item_id, 'Film ' || i AS title, 2000 AS year,
      [x FOR x IN ['Action', 'Comedy', 'Crime', 'Drama', 'Horror', 'War'] IF hash(x || i) % 3 = 0] AS genres
      FROM range(27278) AS r(i)`,
  );
  const manifest = await publishSnapshot(tamis.objects, [ratings, items], {
    counts: { rows, users: 138_493, items: 27_278 },
    landed: Promise.resolve(),
    scale: { min: 0.5, max: 5 },
    source: { name: "made up", digest: "0".repeat(64) },
    parent: null,
    run: "bench",
    createdAt: new Date(0),
    onNew: () => {},
  });
  return {
    digest: manifest.digest,
    path: await tamis.objects.localPath(`curated/ratings/${manifest.digest}/ratings.parquet`),
  };
}
