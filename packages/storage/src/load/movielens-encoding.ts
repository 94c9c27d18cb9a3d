import type { TextEncoding } from "./delimited-batch.ts";
import type { MovielensLayout } from "./detect-movielens.ts";
import type { FileSource } from "./ratings-file.ts";
import { detectEncoding, sampleText } from "./sample-text.ts";
import { unpack } from "./unpack.ts";

/**
 * The encoding of a side file. The sets of 1998 and 2003 (100k, 1m) were published as latin-1, but copies saved
 * again as UTF-8 are common: one letter that is no UTF-8 decides for latin-1. The later sets are UTF-8.
 */
export async function movielensEncoding(layout: MovielensLayout, file: FileSource): Promise<TextEncoding> {
  if (layout !== "ml-100k" && layout !== "ml-1m") return "utf-8";
  const sample = await sampleText(unpack(file.open(), file.name));
  return detectEncoding(sample.bytes, 1);
}
