import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe } from "vitest";
import { localObjectStoreContract, objectStoreContract } from "../../testing/object-store-contract.ts";
import { openFolder } from "./folder.ts";

describe("objects in a folder", () => {
  objectStoreContract({ open });
  localObjectStoreContract({ open });
});

async function open() {
  const path = await mkdtemp(join(tmpdir(), "tamis-test-"));
  const [store, other] = [await openFolder({ path }), await openFolder({ path })];
  return { store, other, close: () => rm(path, { recursive: true }) };
}
