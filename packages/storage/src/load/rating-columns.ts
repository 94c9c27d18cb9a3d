import { TamisError } from "@tamis/core";

/** Which column of a record holds what: indices from 0, `timestamp: null` when there is none. */
export interface RatingColumns {
  readonly user: number;
  readonly item: number;
  readonly rating: number;
  readonly timestamp: number | null;
}

type Role = keyof RatingColumns;
const roles: readonly Role[] = ["user", "item", "rating", "timestamp"];

/** Names columns go by, the likelier first; compared without case, blanks and signs. */
const knownNames: Readonly<Record<Role, readonly string[]>> = {
  user: "user userid uid reviewerid reviewer customerid customer buyerid memberid authorid contributorid profileid u".split(
    " ",
  ),
  item: "item itemid iid movie movieid film filmid recipe recipeid product productid pid parentasin asin book bookid isbn anime animeid joke jokeid song songid track trackid artist artistid business businessid restaurant restaurantid game gameid appid i".split(
    " ",
  ),
  rating: "rating overall score stars starrating bookrating userrating reviewrating rate value r".split(" "),
  timestamp: "timestamp unixreviewtime ratedat time datetime date ts createdat reviewtime reviewdate".split(
    " ",
  ),
};

/**
 * Finds the columns of user, item, rating and time.
 *
 * By the names the file gives them when it has any, else by position: user, item, rating, time.
 *
 * @param names - the header, or `null` when there is none.
 * @param asked - the caller's own answer. Either roles by position (`user`, `item`, `rating`, `timestamp`; `_`
 * or nothing skips a column), or column names of the header in the order user, item, rating, time.
 * @returns `undefined` when nobody can tell.
 * @throws invalid_input when `asked` makes no sense for this file
 */
export function findRatingColumns(
  names: readonly string[] | null,
  columnCount: number,
  asked?: readonly string[],
): RatingColumns | undefined {
  if (asked) return askedColumns(names, columnCount, asked);
  const found = new Map<Role, number>();
  for (const role of roles) {
    const index = names ? indexOfName(names, role, [...found.values()]) : -1;
    if (index >= 0) found.set(role, index);
  }
  // What has no known name is where it usually is, if that place is free.
  for (const [position, role] of roles.entries()) {
    const taken = [...found.values()].includes(position);
    const named = names !== null && found.size > 0 && role === "timestamp";
    if (!found.has(role) && !taken && !named && position < columnCount) found.set(role, position);
  }
  return complete(found);
}

/** True when these names are those of a ratings file's header. */
export function namesRatingColumns(names: readonly string[]): boolean {
  return roles.slice(0, 3).every((role) => indexOfName(names, role, []) >= 0);
}

function askedColumns(
  names: readonly string[] | null,
  columnCount: number,
  asked: readonly string[],
): RatingColumns {
  const words = asked.map((word) => word.trim());
  const byPosition = words.every((word) => word === "" || word === "_" || roles.includes(word as Role));
  const found = new Map<Role, number>();
  for (const [position, word] of words.entries()) {
    if (word === "" || word === "_") continue;
    const role = byPosition ? (word as Role) : roles[position];
    const index = byPosition ? position : (names ?? []).indexOf(word);
    if (!role) throw problem(`more than four columns are named in “${asked.join(",")}”`);
    if (index < 0) {
      const known = names ? `; the file has: ${names.join(", ")}` : "; the file has no header";
      throw problem(`there is no column “${word}”${known}`);
    }
    if (index >= columnCount) throw problem(`the file has ${columnCount} columns, ${index + 1} were given`);
    if (found.has(role)) throw problem(`the column “${role}” is given twice`);
    found.set(role, index);
  }
  const columns = complete(found);
  if (columns) return columns;
  throw problem("user, item and rating are needed, as in --columns user,item,rating,timestamp");
}

function complete(found: ReadonlyMap<Role, number>): RatingColumns | undefined {
  const [user, item, rating] = [found.get("user"), found.get("item"), found.get("rating")];
  if (user === undefined || item === undefined || rating === undefined) return undefined;
  return { user, item, rating, timestamp: found.get("timestamp") ?? null };
}

function indexOfName(names: readonly string[], role: Role, taken: readonly number[]): number {
  const plain = names.map((name) => name.toLowerCase().replace(/[^a-z0-9]/g, ""));
  for (const known of knownNames[role]) {
    const index = plain.indexOf(known);
    if (index >= 0 && !taken.includes(index)) return index;
  }
  return -1;
}

function problem(message: string): TamisError {
  return new TamisError("invalid_input", `The columns do not fit: ${message}.`);
}
