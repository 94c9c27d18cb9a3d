import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localObjectStoreContract, objectStoreContract } from "../../testing/object-store-contract.ts";
import { plainBucket } from "../../testing/plain-bucket.ts";
import { describeS3 } from "../../testing/throwaway-s3.ts";
import { openS3 } from "../s3/s3.ts";
import { cachedObjects } from "./cached.ts";

describeS3("cached objects of S3", (server) => {
  const open = async () => {
    const settings = await plainBucket(server);
    const path = await mkdtemp(join(tmpdir(), "tamis-test-"));
    const cached = async () => cachedObjects(await openS3({ ...settings, scratch: path }), { path });
    const [store, other] = [await cached(), await cached()];
    return { store, other, close: () => rm(path, { recursive: true }) };
  };
  objectStoreContract({ open });
  localObjectStoreContract({ open });
});
