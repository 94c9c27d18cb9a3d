import { createRandom, type RatingTable } from "@tamis/core";
import { coldStart, recommend, recommendAll, restoreModel } from "@tamis/ml";
import { generateTwentyMillion, twentyMillion } from "../data/twenty-million.ts";
import { measure } from "../measure.ts";
import { plainTop } from "../plain/top.ts";
import { atMost, findRow, type Suite } from "../suite.ts";

const [factors, n] = [100, 10];
const one = `one user, ${n} of ${twentyMillion.items} items`;
const all = `all ${twentyMillion.users} users, ${n} of ${twentyMillion.items} items each, without their ratings`;

export const topN: Suite = {
  title: "Lists of ten",
  about: `An SVD model of ${factors} factors for 20 million generated ratings. One user: \`recommend\` with its reasons, the mean of 200
users. All users: \`recommendAll\`, answers taken one by one.`,
  baselines: ["plain TypeScript"],
  runs: [
    {
      case: one,
      name: "plain TypeScript (scores and sort)",
      threads: 1,
      async measure() {
        const { pu, bi, qi } = randomFactors();
        const times = 20;
        const { seconds, cpu_seconds } = await measure(3, () => {
          for (let user = 0; user < times; user++) plainTop(pu, qi, bi, user, factors, n);
        });
        return perUser(seconds, cpu_seconds, times);
      },
    },
    {
      case: one,
      name: "tamis recommend",
      threads: 1,
      async measure() {
        const table = generateTwentyMillion();
        const [model, start] = [randomModel(table), coldStart(table)];
        const times = 200;
        const users = firstOf(historiesOf(table), times);
        const { seconds, cpu_seconds } = await measure(3, () => {
          for (const { userId, history } of users) recommend({ model, coldStart: start, userId, history, n });
        });
        return perUser(seconds, cpu_seconds, times);
      },
    },
    {
      case: all,
      name: "tamis recommendAll",
      threads: 2,
      async measure() {
        const table = generateTwentyMillion();
        const [model, start] = [randomModel(table), coldStart(table)];
        const { seconds, cpu_seconds } = await measure(1, async () => {
          for await (const answer of recommendAll({
            model,
            coldStart: start,
            users: historiesOf(table),
            n,
          })) {
            if (answer.recommendations.length !== n) throw new Error("a list is too short");
          }
        });
        return { seconds, cpu_seconds, figures: { users_per_second: twentyMillion.users / seconds } };
      },
    },
  ],
  targets: [
    {
      says: "one user in less than 1.5 ms",
      reached: (rows) => atMost(findRow(rows, { name: "tamis recommend", case: one })?.seconds, 0.0015),
    },
    {
      says: "all users in less than 60 s",
      reached: (rows) => atMost(findRow(rows, { name: "tamis recommendAll" })?.seconds, 60),
    },
  ],
};

function perUser(seconds: number, cpu_seconds: number, times: number) {
  return {
    seconds: seconds / times,
    cpu_seconds: cpu_seconds / times,
    figures: { milliseconds: (1000 * seconds) / times },
  };
}

function randomFactors() {
  const random = createRandom(1);
  const normal = (length: number) => Float64Array.from({ length }, () => random.normal(0, 0.1));
  const { users, items } = twentyMillion;
  return { pu: normal(users * factors), bu: normal(users), qi: normal(items * factors), bi: normal(items) };
}

function randomModel({ users, items, scale }: RatingTable) {
  const { pu, bu, qi, bi } = randomFactors();
  return restoreModel(
    { algorithm: "svd", options: { factors }, seed: 1, scale },
    {
      users: users.ids,
      items: items.ids,
      arrays: {
        mu: { shape: [1], data: Float64Array.of(3) },
        bu: { shape: [users.ids.length], data: bu },
        bi: { shape: [items.ids.length], data: bi },
        pu: { shape: [users.ids.length, factors], data: pu },
        qi: { shape: [items.ids.length, factors], data: qi },
      },
    },
  );
}

/** User by user; the generated table has them in order. */
function* historiesOf({ length, users, items, ratings }: RatingTable) {
  for (let from = 0; from < length; ) {
    const user = users.codes[from]!;
    const history = [];
    for (; users.codes[from] === user; from++) {
      history.push({ itemId: items.ids[items.codes[from]!]!, rating: ratings[from]! });
    }
    yield { userId: users.ids[user]!, history };
  }
}

function firstOf<T>(values: Generator<T>, count: number): T[] {
  const first: T[] = [];
  for (const value of values) if (first.push(value) === count) break;
  return first;
}
