import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom, type Id, isTamisError } from "@tamis/core";
import { beforeAll, describe, expect, test } from "vitest";
import { coldStart } from "../recommenders/cold-start.ts";
import { createRecommender, recommenderNames } from "../recommenders.ts";
import { synthesizeFilms } from "../synthesize/synthesize-films.ts";
import { createTrainset } from "../trainset.ts";
import {
  readColdStartFile,
  readModelFile,
  readStoredModel,
  type Storable,
  writeModelFile,
} from "./model-file.ts";
import { readSafetensors, type SafeTensor, writeSafetensors } from "./safetensors.ts";
import { seal, unsealed } from "./seal.ts";

const table = synthesizeFilms({ users: 20, items: 30, ratings: 300 }).table();
const metadata = { snapshot: "ab".repeat(32), metrics: { rmse: 0.75, folds: 3 }, coldStart: "cd".repeat(32) };
const tiny: Storable = {
  algorithm: "baseline-only",
  options: { method: "als", epochs: 10, regUser: 15, regItem: 10 },
  seed: 42,
  scale: { min: 0.5, max: 5 },
  tensors: () => ({
    users: [7, 8],
    items: [3],
    arrays: {
      mu: { shape: [1], data: Float64Array.of(3.5) },
      bu: { shape: [2], data: Float64Array.of(0.1, -0.1) },
      bi: { shape: [1], data: Float64Array.of(1 / 3) },
    },
  }),
};

describe("a model file", () => {
  test.each(recommenderNames)("gives back a %s model bit for bit", async (name) => {
    const model = await createRecommender(name).fit(createTrainset(table));
    const bytes = await written(model, metadata);
    const read = readModelFile(bytes);
    expect(read.metadata).toEqual(metadata);
    expect(read.model).toMatchObject({
      algorithm: name,
      options: model.options,
      seed: model.seed,
      scale: model.scale,
      itemIds: model.itemIds,
    });
    for (const userId of [...table.users.ids, "nobody"]) {
      expect(read.model.scoreItems(userId)).toEqual(model.scoreItems(userId));
      expect(read.model.predict(userId, 1)).toEqual(model.predict(userId, 1));
    }
    expect(await written(read.model, metadata)).toEqual(bytes);
  });

  test.each<[string, Id[]]>([
    ["none", []],
    ["whole numbers, at their limits", [0, -7, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]],
    ["texts", ["A3SGXH7", "007", "été", "日本", "\ufeffx", "👍"]],
    ["both", [12, "twelve", 0, "00"]],
  ])("keeps ids: %s", async (_, users) => {
    const stored = { ...tiny, tensors: () => ({ users, items: ["a"], arrays: {} }) };
    const { tensors } = readStoredModel(await written(stored, { metrics: {} }));
    expect(tensors.users).toEqual(users);
    expect(tensors.items).toEqual(["a"]);
  });

  test("is refused when a number is not finite, an array takes the name of ids, or an id is no Unicode", async () => {
    const storing = (arrays: Record<string, SafeTensor>, users: Id[] = []) =>
      written({ ...tiny, tensors: () => ({ users, items: [], arrays: arrays as never }) }, { metrics: {} });
    const bad = { shape: [1], data: Float64Array.of(Number.NaN) };
    await expect(storing({ qi: bad })).rejects.toMatchObject({ code: "analysis" });
    await expect(storing({ item_ids: { shape: [1], data: Float64Array.of(1) } })).rejects.toMatchObject({
      code: "invalid_input",
    });
    await expect(storing({}, ["\ud800"])).rejects.toMatchObject({ code: "invalid_input" });
  });
});

test("a cold start gives the same answers after a file", async () => {
  const start = coldStart(table, [
    { itemId: 77, title: "Été (1990)", year: 1990, genres: ["Drama", "Comédie"] },
  ]);
  const read = readColdStartFile(await written(start, metadata));
  const request = { n: 40, history: [{ itemId: 77, rating: 5 }], seen: new Set<Id>() };
  expect(read.pick(request)).toEqual(start.pick(request));
  const model = await createRecommender("baseline-only").fit(createTrainset(table));
  const bytes = await written(model, metadata);
  expect(() => readColdStartFile(bytes)).toThrow(expect.objectContaining({ code: "unsupported" }));
});

describe("readModelFile refuses", () => {
  const cases: [string, (file: TamperedFile) => TamperedFile, string, string][] = [
    [
      "another program's file",
      ({ tensors }) => ({ metadata: {}, tensors }),
      "unsupported",
      "not a model file",
    ],
    ["a newer format", with_({ format_version: "2" }), "unsupported", "“tamis-model” version 2"],
    ["an unknown algorithm", with_({ algorithm: "oracle" }), "unsupported", "oracle"],
    ["options that are not JSON", with_({ options: "{" }), "corrupt_data", "“options”"],
    ["a scale that is upside down", with_({ scale: "[5,1]" }), "corrupt_data", "“scale”"],
    [
      "options of another version",
      with_({ algorithm: "svd", options: '{"wisdom":1}' }),
      "unsupported",
      "wisdom",
    ],
    ["a missing array", without("bu"), "corrupt_data", "bu"],
    ["missing ids", without("item_ids"), "corrupt_data", "item ids"],
    ["an array of another shape", array("bi", Float64Array.of(1, 2)), "corrupt_data", "bi"],
    ["an array of another type", array("bi", Float32Array.of(1)), "corrupt_data", "bi"],
    ["an array of bytes", array("bi", Uint8Array.of(1)), "corrupt_data", "bi"],
    ["NaN", array("bi", Float64Array.of(Number.NaN)), "corrupt_data", "not finite"],
  ];
  test.each(cases)("%s, even when the seal is right", async (_, tamper, code, message) => {
    const { metadata: texts, tensors } = readSafetensors(await written(tiny, metadata));
    const tampered = tamper({ metadata: { ...texts, ...unsealed }, tensors });
    const chunks = writeSafetensors(tampered);
    if (tampered.metadata.sha256) seal(chunks);
    expect(() => readModelFile(Buffer.concat(chunks))).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });
});

describe("any damage is found", () => {
  let bytes: Uint8Array;
  beforeAll(async () => {
    bytes = await written(tiny, metadata);
  });

  test("every single bit that flips", () => {
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const copy = Uint8Array.from(bytes);
      copy[bit >> 3]! ^= 1 << (bit & 7);
      expectRefused(copy);
    }
  });

  test("a file cut off anywhere", () => {
    for (let length = 0; length < bytes.length; length++) expectRefused(bytes.subarray(0, length));
  });

  test("10,000 random alterations: overwritten, inserted, removed, repeated and swapped parts", () => {
    const random = createRandom(7);
    for (let times = 0; times < 10_000; times++) {
      const altered = alter(bytes, random);
      if (Buffer.compare(altered, bytes) !== 0) expectRefused(altered);
    }
  });
});

test("plain Python reads it, without any library", async (context) => {
  if (spawnSync("python3", ["--version"]).status !== 0) context.skip("python3 is not installed");
  const folder = mkdtempSync(join(tmpdir(), "tamis-model-"));
  try {
    writeFileSync(join(folder, "model.safetensors"), await written(tiny, metadata));
    const script = `
import json, struct, sys
data = open(sys.argv[1], "rb").read()
(length,) = struct.unpack("<Q", data[:8])
header = json.loads(data[8:8 + length])
def floats(name):
    entry = header[name]
    start, end = entry["data_offsets"]
    return struct.unpack("<%d%s" % (entry["shape"][0], {"F64": "d", "I64": "q"}[entry["dtype"]]), data[8 + length + start:8 + length + end])
print(json.dumps([header["__metadata__"]["algorithm"], floats("user_ids"), floats("bu"), floats("bi")]))
`;
    const python = spawnSync("python3", ["-c", script, join(folder, "model.safetensors")], {
      encoding: "utf8",
    });
    expect(python.stderr).toBe("");
    expect(JSON.parse(python.stdout)).toEqual(["baseline-only", [7, 8], [0.1, -0.1], [1 / 3]]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

type TamperedFile = Parameters<typeof writeSafetensors>[0];

function with_(texts: Record<string, string>) {
  return ({ metadata, tensors }: TamperedFile) => ({ metadata: { ...metadata, ...texts }, tensors });
}

function without(name: string) {
  return ({ metadata, tensors }: TamperedFile) => ({
    metadata,
    tensors: new Map([...tensors].filter(([other]) => other !== name)),
  });
}

function array(name: string, data: SafeTensor["data"]) {
  return ({ metadata, tensors }: TamperedFile) => ({
    metadata,
    tensors: new Map([...tensors, [name, { shape: [data.length], data }]]),
  });
}

async function written(model: Storable, facts: Parameters<typeof writeModelFile>[1]): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeModelFile(model, facts)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function alter(bytes: Uint8Array, random: ReturnType<typeof createRandom>): Buffer {
  const from = random.integer(bytes.length);
  const to = Math.min(bytes.length, from + random.integer(40));
  const noise = Buffer.from(Array.from({ length: random.integer(20) }, () => random.integer(256)));
  const part = bytes.subarray(from, to);
  const [before, after] = [bytes.subarray(0, from), bytes.subarray(to)];
  const digits = Buffer.from(String(random.uint32()));
  const variants = [
    [before, noise, after],
    [before, digits, after],
    [before, after],
    [before, part, part, after],
    [after, part, before],
  ];
  return Buffer.concat(variants[random.integer(variants.length)]!);
}

function expectRefused(bytes: Uint8Array): void {
  try {
    readModelFile(bytes);
  } catch (error) {
    if (isTamisError(error) && (error.code === "corrupt_data" || error.code === "unsupported")) return;
    throw error;
  }
  expect.unreachable("a damaged file was read");
}
