import { z } from "@hono/zod-openapi";
import { Problem, problemKinds } from "../problem.ts";

/** An id as JSON shows it: whole numbers as numbers. */
export const IdAnswer = z.union([z.number().int(), z.string()]);

/** Declares a JSON answer. */
export function json<Schema extends z.ZodType>(description: string, schema: Schema) {
  return { description, content: { "application/json": { schema } } };
}

/** Declares the problem documents a route may answer with, by kind. */
export function problems(...kinds: readonly (keyof typeof problemKinds)[]) {
  return Object.fromEntries(
    kinds.map((kind) => [
      problemKinds[kind].status,
      { description: problemKinds[kind].title, content: { "application/problem+json": { schema: Problem } } },
    ]),
  );
}
