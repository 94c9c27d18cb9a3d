import { execFileSync } from "node:child_process";
import { closeSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Id } from "@tamis/core";
import type { OpenOptions } from "../../packages/storage/src/index.ts";
import { twentyMillion } from "../data/twenty-million.ts";
import { atLeast, atMost, findRow, type Measurement, type Row, type Suite } from "../suite.ts";
import {
  type Listener,
  type LoadResult,
  putUnderLoad,
  startBareServer,
  startListener,
} from "../under-load.ts";

const seconds = Number(process.env.TAMIS_BENCH_SECONDS ?? 20);
const rate = 1500;
const [connections, count] = [32, 10];
const flatOut = `${connections} connections, each asks again when it has its answer`;
const asked = `${rate} requests a second, due at random moments, on ${connections} connections`;
const trainingRate = 200;
const training = `${trainingRate} requests a second, due at random moments, while the service trains an SVD on 20 million ratings`;
const bare = "bare node:http";

export const serving: Suite = {
  title: "Serving",
  about: `\`tamis serve\` as it is installed, on the six generated files of MovieLens 20M in SQLite and an SVD of rank 100 trained on
them: ${twentyMillion.items} items, ${twentyMillion.users} users, 20 to some thousand ratings each. \`POST /predict/\` with ${count} items, over loopback; a second
process asks, on the same processors, and each request is for another user. Nothing is kept of an answer. Requests that
are due at random moments are timed from the moment they were due, so that waiting counts. 100 answers of each run are
compared with \`recommend\` of the library. The service trains in a thread of its own, on both processors. The bare server parses the same body and answers ready bytes, as many.
\`TAMIS_BENCH_SECONDS\` is how long the second case takes; memory is the service's, by its own \`/metrics\`.`,
  baselines: [bare],
  runs: [
    { case: flatOut, name: bare, measure: measureBare },
    { case: flatOut, name: "tamis serve", measure: () => measureService() },
    { case: asked, name: bare, measure: () => measureBare(rate) },
    { case: asked, name: `tamis serve, for ${seconds} s`, measure: () => measureService({ rate }) },
    {
      case: training,
      name: "tamis serve",
      measure: () => measureService({ rate: trainingRate, whileTraining: true }),
    },
  ],
  targets: [
    {
      says: "1,500 requests a second or more",
      reached: (rows) => atLeast(ours(rows, flatOut)?.figures?.requests_a_second, rate),
    },
    {
      says: "at 1,500 a second, 99 of 100 within 25 ms",
      reached: (rows) => atMost(ours(rows, asked)?.figures?.p99_ms, 25),
    },
    {
      says: "while a training runs, 99 of 100 within 25 ms",
      reached: (rows) => atMost(ours(rows, training)?.figures?.p99_ms, 25),
    },
    {
      says: "no request failed",
      reached: (rows) => atMost(sum(rows.map(({ figures }) => figures?.failed ?? 0)), 0),
    },
    {
      says: "memory is flat over 10 minutes: the last minute's mean within 5 % of the third's",
      reached: (rows) =>
        atMost(findRow(rows, { name: "tamis serve, for 600 s" })?.figures?.memory_growth_percent, 5),
    },
  ],
};

interface Way {
  readonly rate?: number;
  readonly whileTraining?: boolean;
}

const ours = (rows: readonly Row[], of: string) => findRow(rows, { name: "tamis serve", case: of });
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

async function measureBare(rate?: number): Promise<Measurement> {
  const server = await startBareServer(1800);
  try {
    await load(server, { seconds: 2 });
    return measurementOf(await load(server, { seconds: 10, rate }), rate);
  } finally {
    await server.stop();
  }
}

async function measureService({ rate, whileTraining = false }: Way = {}): Promise<Measurement> {
  execFileSync("npx", ["turbo", "run", "build", "--filter=@tamis/cli", "--output-logs=errors-only"]);
  const { servedDataDir } = await import("../data/served.ts");
  const config = await servedDataDir();
  const logFile = join(config.dataDir, "serve.log");
  const log = openSync(logFile, "w");
  const command = fileURLToPath(new URL("../../packages/cli/bin/tamis.js", import.meta.url));
  const flags = ["--data-dir", config.dataDir, "--records", config.records, "--objects", config.objects];
  const service = await startListener(command, (port) => ["serve", "--port", String(port), ...flags], log);
  try {
    const before = await processFigures(service);
    // Reads the model, and lets the engine compile what is hot.
    await load(service, { seconds: 5, first: 60_000 });
    const stopTraining = whileTraining ? await startTraining(service) : undefined;
    const memory: number[] = [];
    const watch = new AbortController();
    const watching = watchMemory(service, memory, watch.signal);
    const start = await processFigures(service);
    const result = await load(service, { seconds: rate === undefined ? 10 : seconds, rate, samples: 100 });
    const end = await processFigures(service);
    watch.abort();
    await watching;
    await stopTraining?.();
    await compareAnswers(config, result.samples);
    const { figures, ...measured } = measurementOf(result, rate);
    return {
      ...measured,
      cpu_seconds: (end.cpuSeconds - start.cpuSeconds) / result.answered,
      idle_mib: before.mebibytes,
      peak_mib: Math.max(...memory, end.mebibytes),
      figures: { ...figures, ...(rate !== undefined && { memory_growth_percent: growthOf(memory) }) },
    };
  } finally {
    await service.stop();
    closeSync(log);
    rmSync(logFile);
    await forgetLists(config);
  }
}

/** The log of recommendations would grow from run to run. */
async function forgetLists(config: OpenOptions): Promise<void> {
  const { openTamis, removeRecommendations } = await import("../../packages/storage/src/index.ts");
  const tamis = await openTamis(config);
  await removeRecommendations(tamis.records, new Date());
  await tamis.close();
}

/**
 * Starts a training and waits until it computes.
 *
 * @returns cancels it. @throws when it has ended by itself: then requests were measured without it
 */
async function startTraining({ url }: Listener): Promise<() => Promise<void>> {
  const post = async (path: string, body: object) => {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return (await answer.json()) as { run_id: string };
  };
  const status = async () =>
    (await (await fetch(`${url}/training/status`)).json()) as { status: string; progress: object | null };
  const { run_id } = await post("/training/", { models: ["svd"] });
  while ((await status()).progress === null) await sleep(200);
  return async () => {
    const { status: now } = await status();
    if (now !== "training") throw new Error(`the training was ${now} before the measurement ended`);
    await post(`/training/${run_id}/cancel`, {});
    while ((await status()).status === "training") await sleep(200);
  };
}

function load(
  { url }: Listener,
  plan: { seconds: number; rate?: number | undefined; first?: number; samples?: number },
): Promise<LoadResult> {
  const { rate, ...rest } = plan;
  return putUnderLoad({
    url: `${url}/predict/`,
    connections,
    users: twentyMillion.users,
    count,
    ...rest,
    ...(rate !== undefined && { rate }),
  });
}

/** `seconds` a request: at a given rate what the middle one waits, else what one takes of the whole. */
function measurementOf(result: LoadResult, rate: number | undefined) {
  const { answered, failed, p50_ms, p99_ms, p999_ms, max_ms } = result;
  return {
    seconds: rate === undefined ? result.seconds / answered : p50_ms / 1000,
    figures: {
      requests_a_second: answered / result.seconds,
      p50_ms,
      p99_ms,
      p999_ms,
      max_ms,
      failed,
      sender_cpu_percent: (100 * result.cpu_seconds) / result.seconds,
    },
  };
}

async function processFigures({ url }: Listener): Promise<{ mebibytes: number; cpuSeconds: number }> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)`, "m").exec(text)?.[1]);
  return {
    mebibytes: value("process_resident_memory_bytes") / 2 ** 20,
    cpuSeconds: value("process_cpu_seconds_total"),
  };
}

/** Adds the resident memory to `memory` every second. */
async function watchMemory(service: Listener, memory: number[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    memory.push((await processFigures(service)).mebibytes);
    await sleep(1000, undefined, { signal }).catch(() => {});
  }
}

/** The mean of the last tenth of the time against that of the third tenth, when everything is warm. */
function growthOf(memory: readonly number[]): number {
  const tenth = memory.length / 10;
  const mean = (part: readonly number[]) => sum(part) / part.length;
  const early = mean(memory.slice(Math.floor(2 * tenth), Math.ceil(3 * tenth)));
  return 100 * (mean(memory.slice(-Math.ceil(tenth))) / early - 1);
}

/** @throws when an answer is not what the library gives for the user */
async function compareAnswers(config: OpenOptions, answers: readonly string[]): Promise<void> {
  const { loadChampion, recommend } = await import("@tamis/ml");
  const { allItems, modelCatalog, openTamis, ratingsOfUser } = await import(
    "../../packages/storage/src/index.ts"
  );
  const tamis = await openTamis(config);
  const registry = { objects: tamis.objects, catalog: modelCatalog(tamis.records) };
  const { model, coldStart } = (await loadChampion(registry, "Best_Film_Recommender"))!;
  const items = new Map((await allItems(tamis.records)).map((item) => [item.itemId, item]));
  for (const answer of answers) {
    const { user_id: userId, recommendations } = JSON.parse(answer) as {
      user_id: Id;
      recommendations: readonly {
        item_id: Id;
        title: string;
        score: number;
        source: string;
        reason: string;
      }[];
    };
    const history = await ratingsOfUser(tamis.records, userId);
    const wanted = recommend({ model, coldStart, userId, history, n: count, items }).recommendations;
    const given = recommendations.map(({ item_id: itemId, score, source, title, reason }) => ({
      itemId,
      score,
      source,
      title,
      reason,
    }));
    if (JSON.stringify(given) !== JSON.stringify(wanted))
      throw new Error(`user ${userId} was answered ${answer}`);
  }
  if (answers.length === 0) throw new Error("no answer was kept");
  await tamis.close();
}
