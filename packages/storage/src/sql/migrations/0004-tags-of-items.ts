import type { Records } from "../schema.ts";
import type { Migration } from "./migration.ts";

/** Who has a tag: what the removal of each tag asks, which without an index reads all of `item_tags`. */
export const tagsOfItems: Migration = { version: 4, name: "tags of items", up };

async function up({ schema }: Records): Promise<void> {
  await schema.createIndex("item_tags_by_tag").on("item_tags").column("tag_id").execute();
}
