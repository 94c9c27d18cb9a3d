/** The flag of commands that train. */
export const mlflowUrl = {
  kind: "parsed",
  parse: (url: string) => url,
  optional: true,
  placeholder: "URL",
  brief: "MLflow server that runs and models are mirrored to",
} as const;
