import { basename } from "node:path";
import { detectLayout } from "../load/detect-layout.ts";
import { detectMovielens, type MovielensFolder } from "../load/detect-movielens.ts";
import { localFile } from "../load/local-file.ts";
import { movielensGenomeScores } from "../load/movielens-genome-scores.ts";
import { movielensItems } from "../load/movielens-items.ts";
import { movielensGenomeTags, movielensLinks, movielensTags } from "../load/movielens-tags.ts";
import { movielensUsers } from "../load/movielens-users.ts";
import { delimitedRatingsFile, type FileSource } from "../load/ratings-file.ts";
import { sampleText } from "../load/sample-text.ts";
import { unpack } from "../load/unpack.ts";
import type { Tamis } from "../open.ts";
import type { ImportOptions, ImportResult } from "./import-options.ts";
import type { ImportSource } from "./import-source.ts";
import { runImport } from "./run-import.ts";

/**
 * Imports a MovieLens set of any published layout: its ratings and what it has of films, users, tags, links and
 * genome, all optional.
 *
 * @param path - its folder, or the ratings file in it.
 * @throws not_found, data_load when there is no such set; else as `importRatings`
 */
export async function importMovielens(
  tamis: Tamis,
  path: string,
  options: ImportOptions = {},
): Promise<ImportResult> {
  const folder = await detectMovielens(path);
  const files: Record<string, FileSource> = { ratings: await localFile(folder.ratings) };
  for (const [role, file] of Object.entries(folder.files)) files[role] = await localFile(file);
  const source = movielensSource(path, folder, files, options);
  await source.openRatings(files, tamis.warehouse); // refuses before anything is written
  return await runImport(tamis, source, options);
}

function movielensSource(
  path: string,
  { layout, name, separator, scale }: MovielensFolder,
  files: Readonly<Record<string, FileSource>>,
  { encoding, duplicates }: ImportOptions,
): ImportSource {
  return {
    name: name === "" ? basename(path) : name,
    path,
    layout,
    files,
    scale,
    settings: { layout, encoding, duplicates: duplicates === "last" ? undefined : duplicates },
    async openRatings({ ratings }) {
      const sample = await sampleText(unpack(ratings!.open(), ratings!.name));
      return delimitedRatingsFile(ratings!, detectLayout(sample, ratings!.name, { separator, encoding }));
    },
    openCatalogue: ({ movies, genres, users, tags, links, genomeTags, genomeScores }, onReject) => ({
      ...(movies && { items: movielensItems(layout, movies, genres, onReject) }),
      ...(users && { users: movielensUsers(layout, users, onReject) }),
      ...(tags && { tags: movielensTags(layout, tags, onReject) }),
      ...(links && { links: movielensLinks(links, onReject) }),
      ...(genomeTags && { genomeTags: movielensGenomeTags(genomeTags, onReject) }),
      ...(genomeScores && { genomeScores: movielensGenomeScores(genomeScores, onReject) }),
    }),
  };
}
