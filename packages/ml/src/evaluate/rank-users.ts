import { compareIds, createRandom, type Id, type RatingTable, TamisError } from "@tamis/core";
import type { Pace } from "../pace.ts";
import { topItems } from "../recommend/top-items.ts";
import type { Model } from "../recommender.ts";
import { groupRows, type SparseRows } from "../sparse-rows.ts";
import type { NumberedList } from "./beyond-accuracy.ts";
import type { JudgedList } from "./ranking.ts";
import type { Fold } from "./split.ts";

export interface RankUsersOptions {
  readonly k: number;
  /** Test ratings below it are not relevant. */
  readonly minRating: number | undefined;
  /** How many items that are not relevant each user's candidates are cut down to; none are cut when it is absent. */
  readonly sampledNegatives: number | undefined;
  /** Of the sample. */
  readonly seed: number;
}

/** The lists of a fold's users, each with its judgement; items and users are numbered as in the table. */
export interface RankedUsers {
  readonly lists: readonly NumberedList[];
  readonly judged: readonly JudgedList[];
  /** Users with test ratings none of which is relevant: not ranked. */
  readonly usersWithoutRelevant: number;
  /** Users that the model does not know, and has no history of. */
  readonly unknownUsers: number;
  /** Relevant test ratings of items that the model cannot score. */
  readonly unscorable: number;
  /** What each user had in training or was shown: users × items. */
  readonly histories: SparseRows;
}

const lowest = -Number.MAX_VALUE;
const nothing: ReadonlySet<Id> = new Set();

/**
 * Lets a model rank the items of the table for every user of a fold who has something relevant to find. Candidates are
 * all items of the table but those in the user's training ratings or history; items the model cannot score come
 * last; at equal scores the lower id comes first.
 *
 * @throws unsupported when the fold shows histories to a model that cannot fold in; aborted
 */
export async function rankUsers(
  model: Model,
  table: RatingTable,
  fold: Fold,
  options: RankUsersOptions,
  pace: Pace,
): Promise<RankedUsers> {
  const { ids } = table.items;
  const numbers = new Map(ids.map((id, number) => [id, number]));
  const histories = rowsOf(table, fold.train, fold.history);
  const tests = rowsOf(table, fold.test);
  const score = scoresByTable(model, table, numbers, fold);
  const random = createRandom(options.seed);
  const lists: NumberedList[] = [];
  const judged: JudgedList[] = [];
  const counts = { usersWithoutRelevant: 0, unknownUsers: 0, unscorable: 0 };

  for (let user = 0; user + 1 < tests.starts.length; user++) {
    if (tests.starts[user] === tests.starts[user + 1]) continue;
    const seen = new Set(histories.columns.subarray(histories.starts[user]!, histories.starts[user + 1]!));
    const relevant = relevantItems(tests, user, seen, options.minRating);
    if (relevant.size === 0) {
      counts.usersWithoutRelevant++;
      continue;
    }
    const { scores, isKnown } = score(user);
    if (!isKnown) counts.unknownUsers++;
    for (const item of relevant) if (scores[item] === lowest) counts.unscorable++;
    for (const item of seen) scores[item] = Number.NaN;
    if (options.sampledNegatives !== undefined) sample(scores, relevant, options.sampledNegatives, random);
    const top = topItems(ids, scores, options.k, nothing);
    const items = Int32Array.from(top, ({ itemId }) => numbers.get(itemId)!);
    const hits = Uint8Array.from(items, (item) => (relevant.has(item) ? 1 : 0));
    lists.push({ user, items, hits });
    judged.push({ hits, relevant: relevant.size, firstHit: firstHit(ids, scores, relevant) });
    await pace.step(user + 1);
  }
  return { lists, judged, histories, ...counts };
}

/** Ratings of some rows by user: users × items, as numbered in the table. */
function rowsOf(table: RatingTable, ...parts: readonly (Int32Array | undefined)[]): SparseRows {
  const rows = parts.flatMap((part) => (part ? [...part] : []));
  const pick = (codes: Int32Array) => Int32Array.from(rows, (row) => codes[row]!);
  const ratings = Float64Array.from(rows, (row) => table.ratings[row]!);
  return groupRows(table.users.ids.length, pick(table.users.codes), pick(table.items.codes), ratings);
}

function relevantItems(
  { starts, columns, values }: SparseRows,
  user: number,
  seen: ReadonlySet<number>,
  minRating = Number.NEGATIVE_INFINITY,
): Set<number> {
  const relevant = new Set<number>();
  for (let p = starts[user]!; p < starts[user + 1]!; p++) {
    if (values[p]! >= minRating && !seen.has(columns[p]!)) relevant.add(columns[p]!);
  }
  return relevant;
}

/** The model's scores in the table's numbering: a new array for each user. */
function scoresByTable(
  model: Model,
  table: RatingTable,
  numbers: ReadonlyMap<Id, number>,
  { history }: Fold,
): (user: number) => { scores: Float64Array; isKnown: boolean } {
  const placeOf = Int32Array.from(model.itemIds, (id) => numbers.get(id) ?? -1);
  const shown = history && rowsOf(table, history);

  function ask(user: number): { scores: Float64Array; isKnown: boolean } {
    const userId = table.users.ids[user]!;
    if (shown === undefined || shown.starts[user] === shown.starts[user + 1]) {
      return { scores: model.scoreItems(userId), isKnown: model.knowsUser(userId) };
    }
    if (model.foldIn === undefined) {
      throw new TamisError(
        "unsupported",
        `${model.algorithm} cannot fold in users it was not trained on; use a split of their ratings, such as kFold.`,
      );
    }
    const entries = [];
    for (let p = shown.starts[user]!; p < shown.starts[user + 1]!; p++) {
      entries.push({ itemId: table.items.ids[shown.columns[p]!]!, rating: shown.values[p]! });
    }
    return { scores: model.foldIn(entries), isKnown: true };
  }

  return (user) => {
    const { scores: own, isKnown } = ask(user);
    const scores = new Float64Array(table.items.ids.length).fill(lowest);
    for (let item = 0; item < own.length; item++) {
      const place = placeOf[item]!;
      if (place >= 0 && Number.isFinite(own[item]!)) scores[place] = own[item]!;
    }
    return { scores, isKnown };
  };
}

/** Keeps the relevant items and so many of the others, drawn without replacement; the rest are no candidates any more. */
function sample(
  scores: Float64Array,
  relevant: ReadonlySet<number>,
  negatives: number,
  random: ReturnType<typeof createRandom>,
): void {
  const others = Int32Array.from(scores.keys()).filter(
    (item) => !Number.isNaN(scores[item]!) && !relevant.has(item),
  );
  for (const item of random.shuffle(others).subarray(negatives)) scores[item] = Number.NaN;
}

/** 1 + the candidates that come before the best relevant one. */
function firstHit(ids: readonly Id[], scores: Float64Array, relevant: ReadonlySet<number>): number {
  const isBefore = (a: number, b: number) =>
    scores[a]! > scores[b]! || (scores[a] === scores[b] && compareIds(ids[a]!, ids[b]!) < 0);
  let best = -1;
  for (const item of relevant) if (best < 0 || isBefore(item, best)) best = item;
  let place = 1;
  for (let item = 0; item < scores.length; item++) if (isBefore(item, best)) place++;
  return place;
}
