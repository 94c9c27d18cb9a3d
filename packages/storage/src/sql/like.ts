import { type Expression, type SqlBool, sql } from "kysely";

/** `column LIKE pattern`, where `%`, `_` and `\` of {@link literal} texts stand for themselves. */
export function like(column: string, pattern: string): Expression<SqlBool> {
  return sql<SqlBool>`${sql.ref(column)} like ${pattern} escape '\\'`;
}

/** A text as part of a {@link like} pattern. */
export function literal(text: string): string {
  return text.replace(/[\\%_]/g, "\\$&");
}
