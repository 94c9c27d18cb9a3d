/** The flag of imports that says what becomes of several ratings of one pair. */
export const duplicatesFlag = {
  kind: "enum",
  values: ["last", "mean", "sum", "error"],
  optional: true,
  brief:
    "Of several ratings of an item by one user: keep the latest, their mean, their sum, or refuse the file [default = last]",
} as const;
