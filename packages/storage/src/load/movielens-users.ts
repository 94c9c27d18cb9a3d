import { canonicalId, type Reject, type User } from "@tamis/core";
import { delimitedRows } from "./delimited-rows.ts";
import type { MovielensLayout } from "./detect-movielens.ts";
import { movielensEncoding } from "./movielens-encoding.ts";
import type { FileSource } from "./ratings-file.ts";

/** Age bands of ml-1m by their code, as its README lists them. */
const ageBands: Readonly<Record<string, string>> = {
  "1": "under 18",
  "18": "18-24",
  "25": "25-34",
  "35": "35-44",
  "45": "45-49",
  "50": "50-55",
  "56": "56 and over",
};

/** Occupations of ml-1m by their code, as its README lists them. */
const occupations =
  "other|academic or educator|artist|clerical or admin|college or grad student|customer service|doctor or health care|executive or managerial|farmer|homemaker|K-12 student|lawyer|programmer|retired|sales or marketing|scientist|self-employed|technician or engineer|tradesman or craftsman|unemployed|writer".split(
    "|",
  );

/**
 * Reads who rated, of ml-100k (`u.user`) and ml-1m (`users.dat`): age or age band, gender, occupation. The
 * postcode is left out: together with the rest it identifies a person.
 */
export async function* movielensUsers(
  layout: MovielensLayout,
  users: FileSource,
  onReject: (reject: Reject) => void,
): AsyncGenerator<User> {
  const old = layout === "ml-100k";
  const options = {
    separator: old ? "|" : "::",
    encoding: await movielensEncoding(layout, users),
    header: false,
    columnCount: 5,
    ids: { 0: "user" as const },
  };
  for await (const { cells } of delimitedRows(users, options, onReject)) {
    const [id, second, third, occupation] = cells as [string, string, string, string];
    const attributes = old
      ? { age: Number(second), gender: third, occupation }
      : {
          age_band: ageBands[third] ?? third,
          gender: second,
          occupation: occupations[Number(occupation)] ?? occupation,
        };
    yield { userId: canonicalId(id.trim()), attributes };
  }
}
