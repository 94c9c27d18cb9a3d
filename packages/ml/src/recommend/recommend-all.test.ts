import { beforeAll, describe, expect, test } from "vitest";
import type { Model } from "../recommender.ts";
import { coldStart } from "../recommenders/cold-start.ts";
import { createRecommender } from "../recommenders.ts";
import { synthesizeFilms } from "../synthesize/synthesize-films.ts";
import { createTrainset } from "../trainset.ts";
import type { UserHistory, UserRecommendations } from "./answer-user.ts";
import { itemFilter } from "./item-filter.ts";
import { recommend } from "./recommend.ts";
import { type RecommendAllRequest, recommendAll } from "./recommend-all.ts";
import { userHistories } from "./user-histories.ts";

const data = synthesizeFilms({ users: 120, items: 200, ratings: 6000 });
const table = data.table();
const start = coldStart(table, data.films);
const items = new Map(data.films.map((film) => [film.itemId, film]));
const users: UserHistory[] = [
  ...userHistories(table),
  { userId: "nobody", history: [] },
  { userId: "newcomer", history: [{ itemId: table.items.ids[3]!, rating: 5 }] },
  { userId: "eager", history: table.items.ids.slice(0, -3).map((itemId) => ({ itemId, rating: 4 })) },
];

async function take(request: Omit<RecommendAllRequest, "coldStart">): Promise<UserRecommendations[]> {
  const answers: UserRecommendations[] = [];
  for await (const answer of recommendAll({ coldStart: start, ...request })) answers.push(answer);
  return answers;
}

const alone = (model: Model | undefined, n: number, more: object = {}) =>
  users.map(({ userId, history }) => ({
    userId,
    coldStart: !model?.knowsUser(userId),
    recommendations: recommend({
      model,
      coldStart: start,
      userId,
      history,
      n,
      ...more,
    }).recommendations.map(({ itemId, score, source }) => ({ itemId, score, source })),
  }));

describe.each([
  ["svd", { factors: 20 }],
  ["svd", { factors: 5, biased: false }],
  ["svd-plus-plus", { factors: 4, epochs: 3 }],
  ["nmf", { factors: 4, epochs: 5 }],
  ["bpr", { factors: 8, epochs: 10 }],
  ["ials", { factors: 8, epochs: 3 }],
  ["ease", {}],
  ["item-knn", {}],
  ["knn-basic", {}],
] as const)("all at once by %s %j", (name, options) => {
  let model: Model;
  beforeAll(async () => {
    model = await createRecommender(name, { ...options }).fit(createTrainset(table));
  });

  test("is what each gets alone: items, scores to the last bit, sources, order", async () => {
    expect(await take({ model, users, n: 3 })).toEqual(alone(model, 3));
    const exclude = table.items.ids.slice(0, 20);
    expect(await take({ model, users, n: 7, exclude: exclude.values() })).toEqual(
      alone(model, 7, { exclude }),
    );
  });
});

test("lists longer than the catalogue, of no items, with rules and without a model are those of one too", async () => {
  const model = await createRecommender("svd", { factors: 20 }).fit(createTrainset(table));
  expect(await take({ model, users, n: 1000 })).toEqual(alone(model, 1000));
  expect(await take({ model, users, n: 0 })).toEqual(alone(model, 0));
  expect(await take({ model: undefined, users, n: 4 })).toEqual(alone(undefined, 4));
  const rules = { where: itemFilter({ genres: ["Drama"] }) };
  expect(await take({ model, users, n: 4, rules, items })).toEqual(alone(model, 4, { rules, items }));
});

test("close scores are told apart as float64 tells them", async () => {
  const fitted = await createRecommender("svd", { factors: 2 }).fit(createTrainset(table));
  const { factors } = fitted;
  // All items but for 1e-12 alike: float32 sees ties, and more of them than there are spare candidates.
  const biases = factors!.biases.map((_, item) => item * 1e-12);
  const rows = new Float64Array(factors!.items.length).fill(0.5);
  const taste = { row: Float64Array.of(1, 1), offset: 3 };
  const scoreItems = () => biases.map((bias) => taste.offset + bias + 1);
  const model: Model = {
    ...fitted,
    factors: { rank: 2, items: rows, biases, of: () => taste },
    scoreItems,
    foldIn: scoreItems,
  };
  expect(await take({ model, users, n: 5 })).toEqual(alone(model, 5));
});

test("a stream of users is read in blocks, reports progress, and stops when it is cancelled", async () => {
  const model = await createRecommender("svd", { factors: 4 }).fit(createTrainset(table));
  let read = 0;
  async function* stream() {
    for (let copy = 0; copy < 40; copy++) {
      for (const user of users) {
        read++;
        yield user;
      }
    }
  }
  const controller = new AbortController();
  const answers = recommendAll({
    model,
    coldStart: start,
    users: stream(),
    n: 1,
    signal: controller.signal,
  });
  await answers.next();
  await answers.next();
  expect(read).toBeLessThan(40 * users.length);
  controller.abort();
  await expect(answers.next()).rejects.toMatchObject({ code: "aborted" });
  const told: number[] = [];
  const total = 12 * users.length;
  const many = Array.from({ length: 12 }, () => users).flat();
  await take({
    model,
    users: many,
    total,
    n: 5,
    onProgress: ({ done, ...rest }) => {
      told.push(done);
      expect(rest).toEqual({ phase: "recommend", unit: "users", total });
    },
  });
  expect(told).toEqual([...told].sort((a, b) => a - b));
});

test("one that cannot be done by factors reads no further than it is asked to", async () => {
  const model = await createRecommender("ease").fit(createTrainset(table));
  let read = 0;
  function* counted() {
    for (const user of users) {
      read++;
      yield user;
    }
  }
  const answers = recommendAll({ model, coldStart: start, users: counted(), n: 1 });
  await answers.next();
  await answers.next();
  expect(read).toBe(2);
});
