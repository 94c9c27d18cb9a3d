import { canonicalId, type Id, type Item, TamisError } from "@tamis/core";
import { z } from "zod";
import { parseOptions } from "../parse-options.ts";
import type { History, Model } from "../recommender.ts";
import type { ColdStart, ColdStartPick } from "../recommenders/cold-start.ts";
import { numbersOf } from "../trainset.ts";
import { type Arranged, arrange } from "./arrange.ts";
import { createCapCount } from "./cap.ts";
import { createDiversity, diversityWindow, similarityOf } from "./diversify.ts";
import type { RecommendRules } from "./rules.ts";
import { type TopItem, topItems } from "./top-items.ts";
import type { UserScores } from "./user-scores.ts";

export interface ListRequest {
  readonly model: Model | undefined;
  readonly items?: ReadonlyMap<Id, Item>;
  readonly rules?: RecommendRules;
  /** The items of earlier pages, in their order. */
  readonly shown?: readonly Id[];
  /** Items that are never in the list. */
  readonly seen: ReadonlySet<Id>;
}

/** A list that obeys the rules of a request, filled from one source after the other. */
export interface ListBuilder {
  /** Adds the `n` best of scored items. */
  addBest(scores: UserScores, n: number): (TopItem & Touched)[];
  /** Adds `n` picks of a cold start. */
  addPicks(coldStart: ColdStart, history: History, n: number): (ColdStartPick & Touched)[];
}

interface Touched {
  /** The rules that let the item in or changed its place; absent when the request has none. */
  readonly rules?: readonly string[];
}

const Numbers = z.object({
  minimumScore: z.number().optional(),
  diversity: z.number().min(0).max(1).default(0),
  cap: z.object({ most: z.int().min(1) }).optional(),
  boosts: z.array(z.object({ factor: z.number().positive() })).optional(),
});

/** @throws invalid_input for a number out of range, or rules about items of a request without `items` */
export function createListBuilder({ model, items, rules, shown = [], seen }: ListRequest): ListBuilder {
  const { minimumScore, diversity } = parseOptions("rules", Numbers, rules);
  const { include, where, boosts = [], cap } = rules ?? {};
  if (!items && (where || boosts.length > 0)) throw needsItems("Rules about items");
  const similarity = diversity === 0 ? undefined : similarityOf(model, items);
  if (diversity > 0 && !similarity) throw needsItems("Diversity, with a model that does not relate items,");

  const list = shown.map(canonicalId);
  const taken = new Set(list);
  const capCount = createCapCount(cap, items);
  for (const itemId of list) capCount.add(itemId);
  const included = include && new Set(include.map(canonicalId));
  const passes = (itemId: Id, test: (item: Item) => boolean) => {
    const item = items?.get(itemId);
    return item !== undefined && test(item);
  };
  const unwanted = {
    has: (itemId: Id) =>
      seen.has(itemId) ||
      // diversity takes the spread of scores over what earlier pages showed too
      (!similarity && taken.has(itemId)) ||
      (included !== undefined && !included.has(itemId)) ||
      (where !== undefined && !passes(itemId, where)),
  };
  const rescores = boosts.length > 0 || minimumScore !== undefined;
  const needsAll = cap !== undefined || similarity !== undefined;

  const boostsOf = (itemId: Id) => boosts.filter((boost) => passes(itemId, boost.where));
  /** What an item is ranked by; NaN when it is none to recommend. */
  function rankingScore(itemId: Id, score: number): number {
    if (minimumScore !== undefined && score < minimumScore) return Number.NaN;
    const factor = boostsOf(itemId).reduce((product, boost) => product * boost.factor, 1);
    return score < 0 ? score / factor : score * factor;
  }

  function choose<T extends TopItem>(ranking: readonly T[], n: number): Arranged<T>[] {
    const chosen = arrange(
      ranking.filter(({ itemId }) => !taken.has(itemId)),
      n,
      {
        list,
        cap: capCount,
        window: similarity ? diversityWindow : 1,
        next: similarity ? createDiversity(diversity, similarity, ranking) : () => 0,
      },
    );
    for (const { itemId } of chosen) taken.add(itemId);
    return chosen;
  }

  const gates = [include && "include", where && "where", minimumScore !== undefined && "minimum_score"];
  function touched({ itemId, moved }: Arranged<TopItem>): Touched {
    if (!rules) return {};
    const names = [...gates, ...boostsOf(itemId).map(({ name }) => `boost:${name}`), ...moved];
    return { rules: names.filter((name) => typeof name === "string") };
  }

  return {
    addBest(scores, n) {
      const { itemIds } = scores;
      const count = needsAll ? itemIds.length : n;
      if (!rescores) {
        return choose(scores.top(count, unwanted), n).map((each) => ({
          itemId: each.itemId,
          score: each.score,
          ...touched(each),
        }));
      }
      const all = scores.all();
      const keys = all.map((score, item) => rankingScore(itemIds[item]!, score));
      const numbers = numbersOf(itemIds);
      return choose(topItems(itemIds, keys, count, unwanted), n).map((each) => ({
        itemId: each.itemId,
        score: all[numbers.get(each.itemId)!]!,
        ...touched(each),
      }));
    },
    addPicks(coldStart, history, n) {
      const count = needsAll || rescores ? coldStart.itemCount : n;
      const ranking = coldStart
        .pick({ n: n === 0 ? 0 : count, history, seen: unwanted })
        .map((pick) => ({ itemId: pick.itemId, pick, score: rankingScore(pick.itemId, pick.score) }))
        .filter(({ score }) => !Number.isNaN(score));
      // The cold start's order is not that of its scores alone: favourite genres stay before what is popular.
      if (boosts.length > 0) {
        ranking.sort((a, b) => Number(!!b.pick.genre) - Number(!!a.pick.genre) || b.score - a.score);
      }
      return choose(ranking, n).map((each) => ({ ...each.pick, ...touched(each) }));
    },
  };
}

function needsItems(what: string): TamisError {
  return new TamisError("invalid_input", `${what} needs to know the items: give them as \`items\`.`);
}
