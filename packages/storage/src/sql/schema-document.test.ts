import { describe, expect, it } from "vitest";
import { postgresAbsent } from "../testing/temporary-database.ts";
import { temporaryPostgres, temporaryRecords } from "../testing/temporary-records.ts";
import { schemaDocument } from "./schema-document.ts";

describe.skipIf(postgresAbsent())(`the page about the schema ${postgresAbsent() ?? ""}`, () => {
  it("is what the databases are; npx vitest run schema-document --update writes it anew", async () => {
    const document = await schemaDocument(await temporaryRecords(), await temporaryPostgres());
    await expect(document).toMatchFileSnapshot("../../../../docs/schema.md");
  });
});
