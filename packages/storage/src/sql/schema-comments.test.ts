import { expect, it } from "vitest";
import { temporaryRecords } from "../testing/temporary-records.ts";
import { schemaComments } from "./schema-comments.ts";

it("describes every table and column of the database, and no other", async () => {
  const records = await temporaryRecords();
  const tables = await records.introspection.getTables();
  const stored = tables.map(({ name, columns }) => [name, columns.map((column) => column.name).sort()]);
  const described = Object.entries(schemaComments).map(([name, { columns }]) => [
    name,
    Object.keys(columns).sort(),
  ]);
  expect(Object.fromEntries(described)).toEqual(Object.fromEntries(stored));
});
