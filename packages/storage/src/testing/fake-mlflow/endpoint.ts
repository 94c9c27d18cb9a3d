import { z } from "zod";

/** A refusal in MLflow's words. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
    this.status = { RESOURCE_DOES_NOT_EXIST: 404, PERMISSION_DENIED: 403 }[code] ?? 400;
  }
}

export interface Endpoint {
  readonly input: z.ZodType;
  answer(input: never): unknown;
}

/** Joins what an endpoint takes with what it does; a field it does not know is refused. */
export function endpoint<Shape extends z.ZodRawShape>(
  shape: Shape,
  answer: (input: z.output<z.ZodObject<Shape, z.core.$strict>>) => unknown,
): Endpoint {
  return { input: z.strictObject(shape), answer };
}

export function invalid(message: string): Refusal {
  return new Refusal("INVALID_PARAMETER_VALUE", message);
}

export function missing(what: string): Refusal {
  return new Refusal("RESOURCE_DOES_NOT_EXIST", `${what} does not exist`);
}

/** MLflow 2 and 3: letters, digits, `_ - . space /`, and no other way to write the same path. */
export const Key = z
  .string()
  .min(1)
  .max(250)
  .regex(/^[\w\-. /]+$/, "bad character in a key")
  .refine((key) => !/^\/|\/$|\/\/|^\.\.|(?:^|\/)\.{1,2}(?:\/|$)/.test(key), "a key must be a unique path");

export const KeyValues = (most: { count: number; value: number }) =>
  z.array(z.strictObject({ key: Key, value: z.string().max(most.value) })).max(most.count);
