import { type ObjectStore, TamisError, type Warehouse } from "@tamis/core";
import type { Records } from "./sql/schema.ts";

/** Everything that is stored, opened. */
export interface Tamis {
  readonly records: Records;
  readonly objects: ObjectStore;
  readonly warehouse: Warehouse;
  close(): Promise<void>;
}

/** Where to look; a {@link Config} of `@tamis/core` fits. */
export interface OpenOptions {
  /** Folder of everything that is stored locally; created when absent. */
  readonly dataDir: string;
  /** `sqlite:PATH` */
  readonly records: string;
  /** `file:PATH` */
  readonly objects: string;
}

export async function openTamis(_config: OpenOptions): Promise<Tamis> {
  throw new TamisError("unsupported", "openTamis is being written.");
}
