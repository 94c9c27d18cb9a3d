import { type Id, TamisError, type User } from "@tamis/core";
import type { Records } from "./schema.ts";

export interface ListUsersOptions {
  /** How an id starts. */
  readonly search?: string | undefined;
  /** @default 50 */
  readonly limit?: number | undefined;
  /** The `next` of the page before. */
  readonly after?: string | undefined;
}

export type RatingUser = User & { readonly ratings: number; readonly average: number | null };

export interface UserPage {
  readonly users: RatingUser[];
  readonly next: string | null;
}

/** Adds users or replaces their attributes. */
export async function upsertUsers(_records: Records, _users: Iterable<User>): Promise<void> {
  throw new TamisError("unsupported", "upsertUsers is being written.");
}

export async function findUser(_records: Records, _userId: Id): Promise<User | undefined> {
  throw new TamisError("unsupported", "findUser is being written.");
}

/** Users, most ratings first (ties by id). */
export async function listUsers(_records: Records, _options: ListUsersOptions = {}): Promise<UserPage> {
  throw new TamisError("unsupported", "listUsers is being written.");
}
