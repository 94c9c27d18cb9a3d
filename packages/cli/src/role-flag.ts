/** Which role of a registered model is meant. */
export const roleFlag = {
  kind: "enum",
  values: ["champion", "ranker"],
  default: "champion",
  brief: "Whose place: of the model that estimates ratings, or of the one that ranks",
} as const;
