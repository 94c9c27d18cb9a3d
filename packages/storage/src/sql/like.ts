import { type Expression, type SqlBool, sql } from "kysely";
import { engineOf } from "./engine.ts";
import type { Records } from "./schema.ts";

/** `column LIKE pattern`, where `%`, `_` and `\` of {@link literal} texts stand for themselves; a-z is A-Z. */
export function like(records: Records, column: string, pattern: string): Expression<SqlBool> {
  const operator = sql.raw(engineOf(records).likeAnyCase);
  return sql<SqlBool>`${sql.ref(column)} ${operator} ${pattern} escape '\\'`;
}

/** A text as part of a {@link like} pattern. */
export function literal(text: string): string {
  return text.replace(/[\\%_]/g, "\\$&");
}
