/** Which role a command is about. */
export const roleFlag = {
  kind: "enum",
  values: ["champion", "ranker"],
  default: "champion",
  brief: "Whose place",
} as const;
