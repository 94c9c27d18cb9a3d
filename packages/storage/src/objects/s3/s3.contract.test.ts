import { objectStoreContract } from "../../testing/object-store-contract.ts";
import { plainBucket } from "../../testing/plain-bucket.ts";
import { describeS3 } from "../../testing/throwaway-s3.ts";
import { openS3 } from "./s3.ts";

describeS3("objects in S3", (server) => {
  objectStoreContract({
    async open() {
      const settings = { ...(await plainBucket(server)), prefix: "a prefix/with é" };
      const [store, other] = [await openS3(settings), await openS3(settings)];
      return { store, other, close: async () => {} };
    },
  });
});
