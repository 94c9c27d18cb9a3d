import { sql } from "kysely";
import { engineOf } from "./engine.ts";
import type { RecommendationMethod } from "./recommendations.ts";
import type { Records } from "./schema.ts";

/** The log of recommendations in figures. Shares are in 0..1, `null` where nothing was recommended. */
export interface RecommendationStats {
  /** Lists, and for how many users. */
  readonly lists: number;
  readonly users: number;
  /** Items in all the lists, and how many different ones. */
  readonly items: number;
  readonly distinctItems: number;
  /** distinctItems / items */
  readonly diversity: number | null;
  /** Share of `items` outside of what everybody knows: the 100 most rated items of those with 100 ratings or more. */
  readonly novelty: number | null;
  /** distinctItems / items of the catalogue */
  readonly coverage: number | null;
  /** Over `items`. */
  readonly meanScore: number | null;
  /** Lists by what made them. */
  readonly methods: Readonly<Partial<Record<RecommendationMethod, number>>>;
}

/** Sums the log up from an instant on, in the database. */
export async function recommendationStats(records: Records, since: Date): Promise<RecommendationStats> {
  const [lists, items, catalogue] = await Promise.all([
    listsByMethod(records, since),
    recommendedItems(records, since),
    records
      .selectFrom("items")
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .executeTakeFirstOrThrow(),
  ]);
  const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
  return {
    ...lists,
    items: items.all,
    distinctItems: items.distinct,
    diversity: share(items.distinct, items.all),
    novelty: share(items.novel, items.all),
    coverage: items.all === 0 ? null : share(items.distinct, Number(catalogue.count)),
    meanScore: share(items.scores, items.all),
  };
}

async function listsByMethod(records: Records, since: Date) {
  const logged = records.selectFrom("recommendations").where("at", ">=", since);
  const rows = await logged
    .select(({ fn }) => ["method", fn.countAll<number>().as("lists")])
    .groupBy("method")
    .orderBy("method")
    .execute();
  const { users } = await logged
    .select(({ fn }) => fn.count<number>("user_id").distinct().as("users"))
    .executeTakeFirstOrThrow();
  return {
    lists: rows.reduce((sum, { lists }) => sum + Number(lists), 0),
    users: Number(users),
    methods: Object.fromEntries(rows.map(({ method, lists }) => [method, Number(lists)])),
  };
}

async function recommendedItems(records: Records, since: Date) {
  const { elementsOf } = engineOf(records);
  const { rows } = await sql<Record<"all" | "distinct" | "novel" | "scores", number | string | null>>`
    with known as (
      select id from items where ratings >= 100 order by ratings desc, id limit 100
    ), shown as (
      select element.value ->> 0 as item_id, count(*) as times,
        sum(cast(element.value ->> 1 as double precision)) as scores
      from recommendations, ${sql.raw(elementsOf("recommendations.items"))} as element
      where recommendations.at >= ${since.toISOString()}
      group by element.value ->> 0
    )
    select sum(times) as "all", count(*) as "distinct", sum(scores) as "scores",
      sum(case when item_id in (select id from known) then 0 else times end) as "novel"
    from shown`.execute(records);
  const { all, distinct, novel, scores } = rows[0]!;
  return { all: Number(all), distinct: Number(distinct), novel: Number(novel), scores: Number(scores) };
}
