import { type Id, TamisError } from "@tamis/core";
import { artifactsOfRun, findRun, listRuns } from "@tamis/storage";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importFilms, type OpenService, openService, trainModel } from "../testing/open-service.ts";
import { predict } from "../testing/predict.ts";

let service: OpenService;
beforeAll(async () => {
  service = await openService();
  await importFilms(service);
  await trainModel(service);
}, 60_000);
afterAll(() => service.close());

async function text(key: string): Promise<string | undefined> {
  const body = await service.tamis.objects.get(key);
  if (body === undefined) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function post(body: unknown, path = "/predict/batch") {
  const answer = await service.app.request(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

/** Title and score of each row below the head. */
const rowsOf = (csv: string) =>
  csv
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split(/,(?=[^,]*$)/))
    .map(([title, score]) => [title?.replace(/^"(.*)"$/, "$1").replaceAll('""', '"'), score]);

describe("POST /predict/batch", () => {
  it("equals single answers, over 100 users of which 40 are unknown", async () => {
    const users: Id[] = Array.from({ length: 100 }, (_, place) => place + 1);
    const { status, body } = await post({ user_ids: users, top_n: 7 });
    expect(status).toBe(200);
    expect(body).toEqual({
      status: "success",
      message: "100 of 100 users have a list of at most 7.",
      users_processed: 100,
      predictions_dir: `predictions/${body.run_id}`,
      run_id: expect.any(String),
      model_version: 1,
    });
    for (const user of users) {
      const { recommendations } = (await predict(service.app, { user_id: user, top_n: 7 })).body;
      const csv = await text(`${body.predictions_dir}/user_${user}_top_7.csv`);
      expect(csv?.split("\n")[0]).toBe("movie,score");
      expect(rowsOf(csv!)).toEqual(recommendations.map(({ movie, score }) => [movie, `${score}`]));
    }
  });

  it("is described by a run, with all the lists in one file", async () => {
    const { body } = await post({ user_ids: [1, "1", 2], top_n: 3 }, "/predict/batch/");
    expect(body.users_processed).toBe(2);
    const run = await findRun(service.tamis.records, body.run_id as string);
    expect(run).toMatchObject({
      experiment: "predictions",
      status: "finished",
      parameters: { model_version: 1, top_n: 3, users: 2, predictions_dir: body.predictions_dir },
      metrics: { users_processed: 2, recommendations: 6 },
    });
    const [artifact] = await artifactsOfRun(service.tamis.records, body.run_id as string);
    expect(artifact?.path).toBe("predictions.csv");
    const table = (await text(`runs/${body.run_id}/predictions.csv`))!.trimEnd().split("\n");
    expect(table[0]).toBe("user_id,place,item_id,movie,score");
    expect(table.slice(1).map((line) => line.split(",").slice(0, 2))).toEqual(
      ["1", "2"].flatMap((user) => ["1", "2", "3"].map((place) => [user, place])),
    );
  });

  it.each([
    [{}, ["#/user_ids"]],
    [{ user_ids: [] }, ["#/user_ids"]],
    [{ user_ids: [1, ""] }, ["#/user_ids/1"]],
    [{ user_ids: Array.from({ length: 1001 }, (_, id) => id) }, ["#/user_ids"]],
    [{ user_ids: [1], top_n: 51 }, ["#/top_n"]],
    [{ user_ids: [1], n: 5 }, ["#/n"]],
  ])("refuses %j", async (sent, pointers) => {
    const { status, body } = await post(sent);
    expect(status).toBe(422);
    const errors = body.errors as { pointer: string }[];
    expect(errors.map(({ pointer }) => pointer)).toEqual(pointers);
  });

  it("has nothing to do without data, and says so in its run", async () => {
    const empty = await openService();
    const answer = await empty.app.request("/predict/batch", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ user_ids: [1] }),
    });
    expect(answer.status).toBe(404);
    const { runs } = await listRuns(empty.tamis.records);
    expect(runs).toMatchObject([{ experiment: "predictions", status: "failed" }]);
    await empty.close();
  });
});

describe("the log of recommendations", () => {
  it("has a line for each answer, with what made it", async () => {
    const fresh = await openService();
    await importFilms(fresh);
    await predict(fresh.app, { user_id: 1, top_n: 3 }); // rated, and no model
    await trainModel(fresh);
    const trained = fresh.createApp();
    const { body } = await predict(trained, { user_id: 1, top_n: 4 });
    await predict(trained, { user_id: "nobody", top_n: 2 });
    await Promise.all([fresh.app.close(), trained.close()]);
    const lines = await fresh.tamis.records.selectFrom("recommendations").selectAll().orderBy("at").execute();
    expect(lines).toMatchObject([
      { user_id: "1", method: "cold_start_fallback", model_version: null, requested: 3 },
      { user_id: "1", method: "collaborative_filtering", model_version: 1, requested: 4 },
      { user_id: "nobody", method: "cold_start", model_version: 1, requested: 2 },
    ]);
    expect(JSON.parse(lines[1]!.items)).toEqual(
      body.recommendations.map(({ item_id, score }) => [String(item_id), score]),
    );
    await fresh.close();
  });

  it("keeps what the records do not take for later, up to a bound, and says what it dropped", async () => {
    const { createRecommendationLog } = await import("../recommendation-log.ts");
    const { createLog } = await import("@tamis/core");
    const told: { message: string; fields: object }[] = [];
    const log = createLog({ sinks: [{ write: (record) => void told.push(record) }] });
    const fresh = await openService();
    let down = true;
    const records = new Proxy(fresh.tamis.records, {
      get: (target, name) => {
        if (down && name === "transaction") throw new TamisError("unavailable", "away");
        const value = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const lists = createRecommendationLog(records, { log, most: 3 });
    const list = {
      at: new Date(),
      method: "cold_start",
      modelVersion: null,
      requested: 1,
      items: [],
    } as const;
    for (let userId = 0; userId < 5; userId++) lists.add({ ...list, userId });
    await lists.flush();
    expect(lists.dropped()).toBe(2);
    expect(told.map(({ message }) => message)).toEqual([
      "recommendations not logged yet",
      "recommendations not logged",
    ]);
    expect(told[1]?.fields).toMatchObject({ dropped: 2 });
    down = false;
    await lists.flush();
    const { length } = await fresh.tamis.records.selectFrom("recommendations").select("id").execute();
    expect(length).toBe(3);
    await fresh.close();
  });
});

describe("with savePredictions", () => {
  it("each answer is a file too, and the file equals the answer", async () => {
    const saving = service.createApp({ savePredictions: true });
    const { body } = await predict(saving, { user_id: "a/b é", top_n: 3 });
    const csv = await text("predictions/user_a%2Fb%20%C3%A9_top_3.csv");
    expect(rowsOf(csv!)).toEqual(body.recommendations.map(({ movie, score }) => [movie, `${score}`]));
    await predict(saving, { user_id: "ü".repeat(200), top_n: 3 });
    await predict(service.app, { user_id: 2, top_n: 3 });
    expect(await text("predictions/user_2_top_3.csv")).toBeUndefined();
  });
});
