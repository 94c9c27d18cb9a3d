import { type CreateTableBuilder, type RawBuilder, sql } from "kysely";
import { engineOf } from "./engine.ts";
import type { Records } from "./schema.ts";

/** What migrations build tables with, in the words of the engine. A clustered table lies in the order of its primary key, where the engine can. */
export function tableBuilders(records: Records) {
  const { columnTypes, tableOptions } = engineOf(records);
  type Builder = CreateTableBuilder<string, string>;
  const type = (name: keyof typeof columnTypes): RawBuilder<unknown> => sql.raw(columnTypes[name]);
  return {
    schema: records.schema,
    types: {
      text: type("text"),
      float: type("float"),
      integer: type("integer"),
      boolean: type("boolean"),
      instant: type("instant"),
      generatedKey: type("generatedKey"),
    },
    table: (builder: Builder) => builder.modifyEnd(sql.raw(tableOptions.plain)).execute(),
    clusteredTable: (builder: Builder) => builder.modifyEnd(sql.raw(tableOptions.clustered)).execute(),
  };
}
