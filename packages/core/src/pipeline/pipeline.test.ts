import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { definePipeline } from "./pipeline.ts";
import { defineStep } from "./step.ts";

const step = (name: string) => defineStep({ name, run: async () => null });

describe("definePipeline", () => {
  it("gives each step the outputs of its inputs and its part of the configuration, typed", () => {
    const load = defineStep({
      name: "load",
      config: z.object({ file: z.string() }),
      run: async ({ config }) => {
        expectTypeOf(config.file).toEqualTypeOf<string>();
        return { rows: 3 };
      },
    });
    const train = defineStep({
      name: "train",
      inputs: { loaded: load },
      run: async ({ inputs }) => {
        expectTypeOf(inputs.loaded).toEqualTypeOf<{ rows: number }>();
        // @ts-expect-error: it reads no other step
        inputs.other;
        return inputs.loaded.rows;
      },
    });
    const pipeline = definePipeline({ name: "nightly", steps: [load, train] });
    expect(pipeline.steps.map(({ name }) => name)).toEqual(["load", "train"]);
  });

  it("refuses an input that is no earlier step of the pipeline", () => {
    const load = step("load");
    const train = defineStep({ name: "train", inputs: { load }, run: async () => null });
    for (const steps of [[train, load], [train], [step("load"), train]]) {
      expect(() => definePipeline({ name: "p", steps })).toThrow("“train” of the pipeline “p” reads “load”");
    }
  });

  it("refuses two steps of one name, none, and names that are no names", () => {
    const load = step("load");
    for (const steps of [
      [load, step("load")],
      [load, load],
    ]) {
      expect(() => definePipeline({ name: "p", steps })).toThrow("two steps named “load”");
    }
    expect(() => definePipeline({ name: "p", steps: [] })).toThrow("no step");
    for (const name of ["", "Load", "a b", "-a", "../x"]) {
      expect(() => step(name)).toThrow("may hold a-z");
      expect(() => definePipeline({ name, steps: [load] })).toThrow("may hold a-z");
    }
  });

  it("refuses policies that mean nothing", () => {
    const run = async () => null;
    for (const attempts of [0, -1, 1.5, Number.NaN]) {
      expect(() => defineStep({ name: "a", retry: { attempts }, run })).toThrow("attempts");
    }
    for (const timeoutMs of [0, Number.NaN, 2 ** 31]) {
      expect(() => defineStep({ name: "a", timeoutMs, run })).toThrow("timeout");
    }
  });
});
