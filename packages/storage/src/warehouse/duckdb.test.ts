import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { duckdbWarehouse } from "./duckdb.ts";
import { duckdbError } from "./open-duckdb.ts";

async function open() {
  const dataDir = await temporaryFolder();
  const warehouse = duckdbWarehouse({ dataDir, memoryLimit: "256MB" });
  onTestFinished(() => warehouse.close());
  return { dataDir, warehouse };
}

describe("duckdbWarehouse", () => {
  it("is not opened before it is asked, and leaves nothing when closed", async () => {
    const { dataDir, warehouse } = await open();
    expect(await readdir(dataDir)).toEqual([]);
    await warehouse.query("SELECT 1");
    await warehouse.close();
    await warehouse.close();
    expect(await readdir(join(dataDir, "tmp"))).toEqual([]);
  });

  it("gives numbers as numbers, instants as dates, lists as arrays, NULL as null", async () => {
    const { warehouse } = await open();
    const rows = await warehouse.query(
      `SELECT count(*) AS n, sum(1)::HUGEINT AS s, 1.5::DECIMAL(4,2) AS d, 9007199254740993 AS big,
        TIMESTAMP '2017-08-18' AS t, [1::BIGINT, 2] AS l, NULL AS x, $text AS p`,
      { text: "it's" },
    );
    expect(rows).toEqual([
      {
        n: 1,
        s: 1,
        d: 1.5,
        big: 9007199254740993n,
        t: new Date("2017-08-18T00:00:00Z"),
        l: [1, 2],
        x: null,
        p: "it's",
      },
    ]);
  });

  it("streams columns as typed arrays, several at once", async () => {
    const { warehouse } = await open();
    const sql =
      "SELECT i::INTEGER, i::BIGINT, CASE WHEN i <> 3 THEN i / 2 END, 't' || i FROM range(5000) r(i)";
    const read = async () => {
      let sum = 0;
      const nulls: number[] = [];
      let last = "";
      for await (const chunk of warehouse.columns(sql)) {
        const [ints, longs, halves, texts] = chunk.columns;
        expect(ints).toBeInstanceOf(Int32Array);
        expect(longs).toBeInstanceOf(BigInt64Array);
        expect(halves).toBeInstanceOf(Float64Array);
        for (let row = 0; row < chunk.rows; row++) {
          sum += ints![row] as number;
          if (chunk.isNull(2, row)) nulls.push(ints![row] as number);
        }
        last = texts![chunk.rows - 1] as string;
      }
      return { sum, nulls, last };
    };
    const expected = { sum: 12_497_500, nulls: [3], last: "t4999" };
    expect(await Promise.all([read(), read()])).toEqual([expected, expected]);
  });

  it("spills what its memory does not hold into the data dir", async () => {
    const { warehouse } = await open();
    const rows = await warehouse.query<{ n: number }>(
      "SELECT count(*) AS n FROM (SELECT i, md5(i::VARCHAR) AS h FROM range(3000000) r(i) ORDER BY h)",
    );
    expect(rows).toEqual([{ n: 3_000_000 }]);
  });

  it("names the statement it refuses, and installs nothing", async () => {
    const { warehouse } = await open();
    await expect(warehouse.query("SELECT nothing FROM nowhere")).rejects.toMatchObject({
      code: "database",
      message: expect.stringContaining("nowhere"),
    });
    await expect(warehouse.query("SELECT * FROM 'https://127.0.0.1:9/x.parquet'")).rejects.toMatchObject({
      code: "database",
    });
    const full = duckdbError(new Error("IO Error: Could not write file: No space left on device"), "COPY");
    expect(full.code).toBe("no_space");
  });

  it("removes the scratch folder of a process that died", async () => {
    const { dataDir, warehouse } = await open();
    await mkdir(join(dataDir, "tmp", "duckdb-4194305-0"), { recursive: true });
    await warehouse.query("SELECT 1");
    expect(await readdir(join(dataDir, "tmp"))).toHaveLength(1);
  });
});
