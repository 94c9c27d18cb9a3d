import type { Id, Item } from "@tamis/core";
import type { RecommendAllRequest, UserRecommendations } from "@tamis/ml";
import type { Context } from "./context.ts";
import type { VersionName } from "./load-model.ts";
import { loadListMaker } from "./recommend-to-user.ts";
import { titleOf } from "./title-of.ts";
import { writeWholeFile } from "./write-whole-file.ts";

/** What was written. */
export interface WrittenLists {
  readonly users: number;
  readonly seconds: number;
  /** `null` without a model. */
  readonly modelVersion: number | null;
  readonly algorithm: string | null;
}

/**
 * Writes the `n` best items of every user of the current snapshot to a file, by the model that makes the lists.
 *
 * @param path - `.csv`: one item a line; else one JSON document a user and line
 * @throws not_found when nothing was imported yet; no_space; aborted. Nothing is left behind then.
 */
export async function recommendToAll(
  context: Context,
  n: number,
  path: string,
  { asked, ...rules }: Pick<RecommendAllRequest, "rules" | "exclude"> & { asked?: VersionName },
): Promise<WrittenLists> {
  const start = performance.now();
  const { recommendAll, userHistories } = await import("@tamis/ml");
  const { readSnapshot } = await import("@tamis/storage");
  const { model, modelVersion, coldStart, items } = await loadListMaker(context, asked);
  const { table } = await readSnapshot(await context.tamis(), "current");
  const { signal, onProgress } = context;
  const lists = recommendAll({
    model,
    coldStart,
    n,
    items,
    ...rules,
    users: userHistories(table),
    total: table.users.ids.length,
    signal,
    onProgress,
  });
  const blocks = path.toLowerCase().endsWith(".csv") ? csvLines(lists, items) : jsonLines(lists, items);
  await writeWholeFile(path, blocks);
  return {
    users: table.users.ids.length,
    seconds: (performance.now() - start) / 1000,
    modelVersion,
    algorithm: model?.algorithm ?? null,
  };
}

type Titles = ReadonlyMap<Id, Item>;

async function* jsonLines(lists: AsyncIterable<UserRecommendations>, items: Titles): AsyncGenerator<string> {
  for await (const { userId, coldStart, recommendations } of lists) {
    const document = {
      user_id: userId,
      cold_start: coldStart,
      recommendations: recommendations.map(({ itemId, score, source }) => ({
        item_id: itemId,
        title: titleOf(items, itemId),
        score,
        source,
      })),
    };
    yield `${JSON.stringify(document)}\n`;
  }
}

async function* csvLines(lists: AsyncIterable<UserRecommendations>, items: Titles): AsyncGenerator<string> {
  yield "user_id,rank,item_id,title,score,source\n";
  for await (const { userId, recommendations } of lists) {
    yield recommendations
      .map(({ itemId, score, source }, index) =>
        [userId, index + 1, itemId, titleOf(items, itemId), score, source].map(csvField).join(","),
      )
      .map((line) => `${line}\n`)
      .join("");
  }
}

/** As RFC 4180 wants it. */
function csvField(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
