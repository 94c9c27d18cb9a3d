import { sql, type TableMetadata } from "kysely";
import { ownTables } from "./own-tables.ts";
import type { Records } from "./schema.ts";
import { schemaComments } from "./schema-comments.ts";

interface Keys {
  /** Place in the primary key by column, from 1. */
  readonly primary: ReadonlyMap<string, number>;
  /** `table.column` that a column refers to. */
  readonly foreign: ReadonlyMap<string, string>;
}

/**
 * `docs/schema.md`: every table and column of the records with its meaning, its keys and its type on both engines,
 * read from the databases themselves.
 *
 * @param sqlite - migrated records on SQLite, whose keys are shown; those on PostgreSQL are the same.
 */
export async function schemaDocument(sqlite: Records, postgres: Records): Promise<string> {
  const [tables, others] = [await ownTables(sqlite), await ownTables(postgres)];
  const byName = new Map(tables.map((table) => [table.name, table]));
  const sections: string[] = [];
  for (const [name, { holds, columns }] of Object.entries(schemaComments)) {
    const table = byName.get(name)!;
    const other = others.find((candidate) => candidate.name === name)!;
    sections.push(section(table, other, holds, columns, await keysOf(sqlite, name)));
  }
  return `${introduction}\n${sections.join("\n")}`;
}

const introduction = `# The SQL schema

<!-- Made from the databases by packages/storage/src/sql/schema-document.test.ts. Do not edit: npx vitest run schema-document --update writes it anew. -->

The records of a data dir are an ordinary database: open it, join it, query it. It is written by Tamis alone; migrations
only ever add to it. Ids of users and items are texts (\`'42'\`, \`'A3SGXH7'\`); \`rated_at\` and \`tagged_at\` are Unix
seconds; other instants are ISO 8601 text in UTC on SQLite and \`timestamptz\` on PostgreSQL; booleans are 0 and 1 on
SQLite, in columns of the type \`int\`; JSON is text. A data set has
its MovieLens shape in \`users\`, \`items\`, \`ratings\`, \`tags\`, \`genres\`, \`item_genres\`, \`item_tags\`, \`links\`,
\`genome_tags\` and \`genome_scores\`. In PostgreSQL the same words are comments on the tables and columns.
`;

function section(
  table: TableMetadata,
  other: TableMetadata,
  holds: string,
  words: Readonly<Record<string, string>>,
  keys: Keys,
): string {
  const rows = table.columns.map(({ name, dataType, isNullable }) => {
    const elsewhere = other.columns.find((column) => column.name === name)!;
    const cells = [
      `\`${name}\``,
      dataType.toLowerCase(),
      elsewhere.dataType,
      isNullable && !keys.primary.has(name) ? "yes" : "",
    ];
    return `| ${[...cells, keyWords(name, keys), words[name]].join(" | ")} |`;
  });
  return `## ${table.name}

${holds[0]!.toUpperCase()}${holds.slice(1)}.

| column | SQLite | PostgreSQL | may be null | key | meaning |
| --- | --- | --- | --- | --- | --- |
${rows.join("\n")}
`;
}

function keyWords(column: string, { primary, foreign }: Keys): string {
  const place = primary.get(column);
  const words = place === undefined ? [] : [primary.size === 1 ? "primary" : `primary, ${place}`];
  const target = foreign.get(column);
  return [...words, ...(target ? [`→ ${target}`] : [])].join("; ");
}

async function keysOf(sqlite: Records, table: string): Promise<Keys> {
  const columns = await sql<{ name: string; pk: number }>`
    select name, pk from pragma_table_info(${table}) where pk > 0`.execute(sqlite);
  const references = await sql<{ from: string; table: string; to: string }>`
    select "from", "table", "to" from pragma_foreign_key_list(${table})`.execute(sqlite);
  return {
    primary: new Map(columns.rows.map(({ name, pk }) => [name, pk])),
    foreign: new Map(references.rows.map(({ from, table: target, to }) => [from, `${target}.${to}`])),
  };
}
