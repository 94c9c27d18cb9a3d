import type { Id, IdColumn, RatingTable } from "@tamis/core";

/** A table of some rows of another, in the order given, with the users and items that these have. */
export function selectRows(table: RatingTable, rows: Int32Array): RatingTable {
  const pick = (values: Float64Array) => Float64Array.from(rows, (row) => values[row]!);
  return {
    length: rows.length,
    users: selectIds(table.users, rows),
    items: selectIds(table.items, rows),
    ratings: pick(table.ratings),
    ratedAt: table.ratedAt && pick(table.ratedAt),
    scale: table.scale,
  };
}

function selectIds(column: IdColumn, rows: Int32Array): IdColumn {
  const newCodes = new Int32Array(column.ids.length).fill(-1);
  const ids: Id[] = [];
  const codes = rows.map((row) => {
    const code = column.codes[row]!;
    if (newCodes[code] === -1) newCodes[code] = ids.push(column.ids[code]!) - 1;
    return newCodes[code]!;
  });
  return { ids, codes };
}
