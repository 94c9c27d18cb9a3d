import { type ModelCatalog, TamisError } from "@tamis/core";
import type { Records } from "./schema.ts";

export interface ModelCatalogOptions {
  readonly now?: () => Date;
}

export function modelCatalog(_records: Records, _options: ModelCatalogOptions = {}): ModelCatalog {
  throw new TamisError("unsupported", "modelCatalog is being written.");
}
