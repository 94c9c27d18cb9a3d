import { TamisError } from "@tamis/core";
import type { Context } from "hono";
import type { z } from "zod";
import type { AppEnv } from "../../services.ts";

/**
 * What a caller asks for: the query of a GET, the JSON of a POST. What we do not know is passed over, as MLflow does.
 *
 * @throws invalid_input
 */
export async function readQuery<T>(context: Context<AppEnv>, schema: z.ZodType<T>): Promise<T> {
  const given = context.req.method === "GET" ? queryOf(context) : await bodyOf(context);
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new TamisError("invalid_input", `${issue?.path.join(".") || "The body"}: ${issue?.message}.`);
}

/** A name that is there several times is a list; `order_by` and `experiment_ids` are always one. */
function queryOf(context: Context<AppEnv>): Record<string, unknown> {
  const lists = new Set(["order_by", "experiment_ids"]);
  return Object.fromEntries(
    Object.entries(context.req.queries()).map(([name, values]) => [
      name.replace(/\[\]$/, ""),
      lists.has(name.replace(/\[\]$/, "")) ? values : values[0],
    ]),
  );
}

async function bodyOf(context: Context<AppEnv>): Promise<unknown> {
  const text = await context.req.text();
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new TamisError("invalid_input", "The body is not a JSON document.");
  }
}
