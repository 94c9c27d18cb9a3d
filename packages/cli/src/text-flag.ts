/** A flag that takes any text, and may be left out. */
export function textFlag(placeholder: string, brief: string) {
  return {
    kind: "parsed" as const,
    parse: (input: string) => input,
    optional: true as const,
    placeholder,
    brief,
  };
}
