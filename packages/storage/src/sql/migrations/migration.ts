import type { Records } from "../schema.ts";

/** One step forward. There are no steps back: the backup taken before it is the way back. */
export interface Migration {
  /** 1, 2, 3… without gaps. */
  readonly version: number;
  readonly name: string;
  up(transaction: Records): Promise<void>;
}
