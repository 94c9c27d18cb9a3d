import { createWriteStream } from "node:fs";
import { mkdir, rename, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createRandom, type Random } from "@tamis/core";

/** Sizes of MovieLens 20M, from its README. */
const [userCount, itemCount, genomeTagCount, genomeItemCount] = [138_493, 27_278, 1128, 10_381];
const tagRows = 465_564;

/** The folder of generated data and of the benchmarks' stores: `TAMIS_BENCH_DIR`, else one in the temporary folder. */
export const benchFolder: string = process.env.TAMIS_BENCH_DIR ?? join(tmpdir(), "tamis-bench");

/**
 * A folder with the six files of MovieLens 20M, generated: the same bytes on every machine. It is kept for the
 * next run; files that are there already are not made again.
 *
 * @param rows - ratings wanted: by default the 20,000,263 of the published set; fewer have fewer users.
 */
export async function generateMovielens(rows = 20_000_263): Promise<string> {
  const folder = join(benchFolder, `ml-${rows}`);
  await mkdir(folder, { recursive: true });
  const random = createRandom(42);
  const scale = rows / 20_000_263;
  const files: Record<string, () => Iterable<string>> = {
    "ratings.csv": () => ratings(rows, Math.ceil(userCount * scale), random.fork("ratings")),
    "movies.csv": () => movies(random.fork("movies")),
    "tags.csv": () => tags(Math.round(tagRows * scale), Math.ceil(userCount * scale), random.fork("tags")),
    "links.csv": () => links(random.fork("links")),
    "genome-tags.csv": genomeTags,
    "genome-scores.csv": () => genomeScores(Math.round(genomeItemCount * scale), random.fork("genome")),
  };
  for (const [name, lines] of Object.entries(files)) {
    const path = join(folder, name);
    if (await exists(path)) continue;
    await pipeline(Readable.from(lines(), { objectMode: true }), createWriteStream(`${path}.part`));
    await rename(`${path}.part`, path);
  }
  return folder;
}

/** From 20 ratings a user up to some thousand, films by popularity, none twice, both ids ascending as published. */
function* ratings(rows: number, users: number, random: Random): Generator<string> {
  yield "userId,movieId,rating,timestamp\n";
  const left = rows - 20 * users; // everybody has 20, the rest by the cube of a uniform draw: a long tail
  const weights = Float64Array.from({ length: users }, () => random.uniform() ** 9);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const drawnFor = new Int32Array(itemCount).fill(-1);
  let [share, given] = [0, 0];
  for (let user = 0; user < users; user++) {
    share += weights[user]! / all;
    const end = 20 * (user + 1) + Math.round(share * left);
    const films = new Int32Array(end - given);
    for (let n = 0; n < films.length; ) {
      const film = Math.floor(itemCount * random.uniform() ** 3);
      if (drawnFor[film] === user) continue;
      drawnFor[film] = user;
      films[n++] = film;
    }
    given = end;
    let time = 789_652_009 + random.integer(6e8);
    let text = "";
    for (const film of films.sort()) {
      time += random.integer(60);
      text += `${user + 1},${movieId(film)},${(1 + random.integer(10)) / 2},${time}\n`;
    }
    yield text;
  }
}

function* movies(random: Random): Generator<string> {
  yield "movieId,title,genres\n";
  const genres =
    "Action|Adventure|Animation|Children|Comedy|Crime|Drama|Fantasy|Horror|Romance|Sci-Fi|Thriller";
  const names = genres.split("|");
  for (let film = 0; film < itemCount; film++) {
    const own = random
      .shuffle([...names])
      .slice(0, 1 + random.integer(4))
      .join("|");
    yield `${movieId(film)},"Film ${film}, The (${1920 + random.integer(95)})",${own}\n`;
  }
}

function* tags(rows: number, users: number, random: Random): Generator<string> {
  yield "userId,movieId,tag,timestamp\n";
  for (let row = 0; row < rows; row++) {
    const user = 1 + Math.floor((row / rows) * users);
    const film = movieId(Math.floor(itemCount * random.uniform() ** 3));
    yield `${user},${film},tag ${random.integer(38_643)},${1_139_000_000 + random.integer(2.8e8)}\n`;
  }
}

function* links(random: Random): Generator<string> {
  yield "movieId,imdbId,tmdbId\n";
  for (let film = 0; film < itemCount; film++) {
    const imdb = String(100_000 + random.integer(3e6)).padStart(7, "0");
    yield `${movieId(film)},${imdb},${film % 100 === 0 ? "" : random.integer(400_000)}\n`;
  }
}

function* genomeTags(): Generator<string> {
  yield "tagId,tag\n";
  for (let tag = 1; tag <= genomeTagCount; tag++) yield `${tag},genome tag ${tag}\n`;
}

function* genomeScores(items: number, random: Random): Generator<string> {
  yield "movieId,tagId,relevance\n";
  for (let film = 0; film < items; film++) {
    let text = "";
    for (let tag = 1; tag <= genomeTagCount; tag++) {
      text += `${movieId(film)},${tag},${random.integer(4000) / 4000}\n`;
    }
    yield text;
  }
}

/** Ids have gaps, as the published ones. */
function movieId(film: number): number {
  return film < 9000 ? film + 1 : 9001 + (film - 9000) * 7;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
