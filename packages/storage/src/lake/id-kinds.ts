/** What the ids of a column are, at the widest: whole numbers of 32 bits, other whole numbers, texts. */
export type IdKind = "integer" | "number" | "text";

export interface IdKinds {
  readonly user: IdKind;
  readonly item: IdKind;
}

const byWidth: readonly IdKind[] = ["integer", "number", "text"];

/** The kinds that hold the ids of all. */
export function widest(...all: readonly IdKinds[]): IdKinds {
  const kind = (role: keyof IdKinds) => byWidth.findLast((wide) => all.some((kinds) => kinds[role] === wide));
  return { user: kind("user") ?? "integer", item: kind("item") ?? "integer" };
}

/** The type of a column of such ids on the workbench. */
export function idType(kind: IdKind): "INTEGER" | "DOUBLE" | "VARCHAR" {
  return ({ integer: "INTEGER", number: "DOUBLE", text: "VARCHAR" } as const)[kind];
}

/** SQL for such an id of the workbench as snapshots have it: BIGINT or VARCHAR. */
export function storedId(column: string, kind: IdKind): string {
  return kind === "text" ? column : `CAST(${column} AS BIGINT)`;
}
