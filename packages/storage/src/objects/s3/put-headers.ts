import { randomUUID } from "node:crypto";

/** What is sent along with the bytes of an object. */
export interface ObjectHeaders {
  /** `put-id` tells an object from any other put under the same key; `sha256` is the digest of its bytes, once known. */
  readonly Metadata: { readonly "put-id": string; readonly sha256?: string };
  readonly ServerSideEncryption?: "AES256";
}

/** @param encrypt - ask the server to encrypt the object (SSE-S3). */
export function putHeaders(sha256: string | undefined, encrypt: boolean): ObjectHeaders {
  return {
    Metadata: { "put-id": randomUUID(), ...(sha256 !== undefined && { sha256 }) },
    ...(encrypt && { ServerSideEncryption: "AES256" }),
  };
}
