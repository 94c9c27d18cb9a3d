import type { TextEncoding } from "./delimited-batch.ts";
import type { RatingColumns } from "./rating-columns.ts";

/** How the ratings of a delimited file are laid out. */
export interface RatingLayout {
  readonly separator: string;
  readonly quoting: boolean;
  readonly encoding: TextEncoding;
  /** The first record names the columns. */
  readonly header: boolean;
  readonly columns: RatingColumns;
  /** Columns every record has. */
  readonly columnCount: number;
}
