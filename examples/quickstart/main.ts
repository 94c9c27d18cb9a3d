import { coldStart, createTrainset, recommend, svd } from "@tamis/ml";
import { allItems, importMovielens, openTamis, ratingsOfUser, readSnapshot } from "@tamis/storage";

const tamis = await openTamis({ dataDir: process.argv[2] ?? "tamis-data" });
await importMovielens(tamis, new URL("films", import.meta.url).pathname); // ratings.csv, movies.csv
const { table } = await readSnapshot(tamis, "current");
const films = await allItems(tamis.records);
const model = await svd({ factors: 20 }).fit(createTrainset(table));
const history = await ratingsOfUser(tamis.records, 42);
const items = new Map(films.map((film) => [film.itemId, film]));
const best = recommend({ model, coldStart: coldStart(table, films), userId: 42, history, n: 3, items });
for (const { title, reason } of best.recommendations) console.log(`${title}\n  ${reason}`);
await tamis.close();
