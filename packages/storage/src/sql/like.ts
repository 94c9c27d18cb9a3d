import { type Expression, type SqlBool, sql } from "kysely";
import { engineOf } from "./engine.ts";
import type { Records } from "./schema.ts";

/** `column LIKE pattern`, where `%`, `_` and `\` of {@link literal} texts stand for themselves; a-z is A-Z. */
export function like(
  records: Records,
  column: string | Expression<unknown>,
  pattern: string,
): Expression<SqlBool> {
  const operator = sql.raw(engineOf(records).likeAnyCase);
  const value = typeof column === "string" ? sql.ref(column) : column;
  return sql<SqlBool>`${value} ${operator} ${pattern} escape '\\'`;
}

/** A text as part of a {@link like} pattern. */
export function literal(text: string): string {
  return text.replace(/[\\%_]/g, "\\$&");
}
