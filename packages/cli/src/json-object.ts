/** Parser of a flag that takes one JSON object. @throws Error saying what is wrong, for the line that names the flag */
export function jsonObject(input: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(input);
  } catch (error) {
    throw new Error(
      `not valid JSON (${(error as Error).message}); quote it for the shell: '{"factors":50}'.`,
    );
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new Error('expected one JSON object, e.g. {"factors":50}.');
  }
  return parsed as Record<string, unknown>;
}
