import { TamisError } from "@tamis/core";
import { z } from "zod";
import { didYouMean } from "./did-you-mean.ts";

/**
 * Checks the options of an algorithm and fills in the defaults.
 *
 * @throws invalid_input naming the option, what is wrong with it, and for an unknown one which options exist
 */
export function parseOptions<Schema extends z.ZodType>(
  algorithm: string,
  schema: Schema,
  options: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(options ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const path = issue.path.join(".");
  const message =
    issue.code === "unrecognized_keys"
      ? unknownOption(schema, issue.path, issue.keys[0]!)
      : `${path === "" ? "the options" : `option “${path}”`}: ${issue.message}.`;
  throw new TamisError("invalid_input", `${algorithm}: ${message}`, {
    details: { algorithm, option: path },
    cause: parsed.error,
  });
}

function unknownOption(schema: z.ZodType, path: readonly PropertyKey[], key: string): string {
  const known = optionNames(schema, path);
  const where = path.length === 0 ? "" : ` in “${path.join(".")}”`;
  if (known.length === 0) return `unknown option “${key}”${where}.`;
  return `unknown option “${key}”${where}; options are: ${known.join(", ")}${didYouMean(key, known)}`;
}

/** The options that exist at a path of a schema, read from its JSON Schema. */
function optionNames(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  type Node = { properties?: Record<string, Node>; anyOf?: Node[]; oneOf?: Node[] };
  let nodes = [z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Node];
  const variants = (node: Node): Node[] => [node, ...(node.anyOf ?? node.oneOf ?? []).flatMap(variants)];
  for (const key of path)
    nodes = nodes.flatMap(variants).flatMap((node) => node.properties?.[String(key)] ?? []);
  return [...new Set(nodes.flatMap(variants).flatMap((node) => Object.keys(node.properties ?? {})))];
}
