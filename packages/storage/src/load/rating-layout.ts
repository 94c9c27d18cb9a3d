import type { TextEncoding } from "./delimited-batch.ts";
import type { RatingColumns } from "./rating-columns.ts";

/** How the ratings of a delimited file are laid out. */
export interface RatingLayout {
  readonly separator: string;
  readonly quoting: boolean;
  readonly encoding: TextEncoding;
  /** The first record names the columns. */
  readonly header: boolean;
  /** What the header calls the columns; `null` when there is none. */
  readonly names: readonly string[] | null;
  readonly columns: RatingColumns;
  /** Columns every record has. */
  readonly columnCount: number;
}
