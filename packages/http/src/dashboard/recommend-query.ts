import { Id } from "@tamis/core";
import { z } from "zod";

/** A rating of somebody new, as it stands in the address: `ITEM:VALUE`. */
const Rate = z
  .string()
  .regex(/^.{1,256}:-?\d+(\.\d+)?$/s)
  .transform((text) => {
    const colon = text.lastIndexOf(":");
    return { itemId: Id.parse(text.slice(0, colon)), rating: Number(text.slice(colon + 1)) };
  });

/** What the page Recommend was asked, all of it in its address. */
export interface RecommendQuery {
  /** Of whom, as typed; empty for nobody yet. */
  readonly user: string;
  /** Somebody new, known by `rates` alone. */
  readonly isNew: boolean;
  readonly rates: readonly { readonly itemId: Id; readonly rating: number }[];
  /** Part of a title, to find what to rate. */
  readonly search: string;
  readonly n: string;
  /** Number of a second version, to be compared. */
  readonly with: string;
  /** Which item's neighbours are asked for. */
  readonly item: string;
}

/** The most ratings an address holds. */
const mostRates = 20;

/** Reads the query; of several ratings of one item the last counts, and what is no rating is passed over. */
export function readRecommendQuery(queries: Readonly<Record<string, readonly string[]>>): RecommendQuery {
  const one = (name: string) => queries[name]?.at(-1)?.trim() ?? "";
  const rates = (queries.rate ?? []).flatMap((text) => {
    const rate = Rate.safeParse(text);
    return rate.success ? [rate.data] : [];
  });
  const distinct = new Map(rates.map((rate) => [rate.itemId, rate]));
  return {
    user: one("user"),
    isNew: one("new") !== "" || distinct.size > 0,
    rates: [...distinct.values()].slice(0, mostRates),
    search: one("q"),
    n: one("n") || "10",
    with: one("with"),
    item: one("item"),
  };
}

/** The address of the page with other answers to some of its questions. */
export function recommendAddress(query: RecommendQuery, changes: Partial<RecommendQuery> = {}): string {
  const { user, isNew, rates, search, n, with: other, item } = { ...query, ...changes };
  const parameters = new URLSearchParams();
  if (isNew) {
    parameters.set("new", "1");
    for (const { itemId, rating } of rates) parameters.append("rate", `${itemId}:${rating}`);
    if (search !== "") parameters.set("q", search);
  } else if (user !== "") parameters.set("user", user);
  parameters.set("n", n);
  if (other !== "") parameters.set("with", other);
  if (item !== "") parameters.set("item", item);
  return `/recommend?${parameters}`;
}
