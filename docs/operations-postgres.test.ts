import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { findPostgres, startThrowawayPostgres } from "../packages/storage/src/testing/throwaway-postgres.ts";

const programs = findPostgres();
const PATH = `${programs}:${dirname(process.execPath)}:${process.env.PATH}`;
const isThere = (name: string) => spawnSync(name, ["--version"], { env: { PATH } }).status === 0;
const absent = ["postgres", "createuser", "createdb", "pg_dump"].every(isThere)
  ? ""
  : ": there is no PostgreSQL server with its client programs";
const main = resolve(import.meta.dirname, "../packages/cli/src/main.ts");

/** The commands of a section of operations.md, as they stand there. */
function documentedCommands(section: string): string {
  const text = readFileSync(join(import.meta.dirname, "operations.md"), "utf8");
  return /```sh\n([\s\S]*?)```/.exec(text.split(`## ${section}`)[1] ?? "")?.[1] ?? "";
}

it.skipIf(absent)(
  `operations.md on PostgreSQL, from an empty server to a restored backup${absent}`,
  async () => {
    const server = await startThrowawayPostgres();
    onTestFinished(() => server.remove());
    const { hostname, port, username } = new URL(server.url());
    const cwd = mkdtempSync(join(tmpdir(), "tamis-operations-"));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
    const env = { ...process.env, PATH, PGHOST: hostname, PGPORT: port, PGUSER: username };
    const commands = [documentedCommands("Records on PostgreSQL"), documentedCommands("Backups")].join("\n");
    const here = commands
      .replaceAll("db.example", `${hostname}:${port}`)
      .replaceAll("/backups", "./backups")
      .replace("createuser --pwprompt", "createuser")
      .replace("tamis import movielens ml-100k", "tamis import movielens films")
      .replace(/^tamis serve\n/m, "")
      .replace(/tamis-\d{8}T\d{6}Z/, "tamis-*")
      .replace("tamis migrate --dry-run", "tamis migrate --dry-run || test $? = 99");
    const script = `set -e
      tamis() { ${JSON.stringify(process.execPath)} --conditions=@tamis/source --import ${import.meta.resolve("tsx")} ${JSON.stringify(main)} "$@"; }
      tamis generate --ratings 2000 --users 50 --items 80 --out films
      ${here}
      tamis recommend 1 -n 3 --json --records postgres://tamis@${hostname}:${port}/tamis_tomorrow`;
    const { stdout } = await promisify(execFile)("/bin/sh", ["-c", script], { cwd, env });
    expect(stdout).toMatch(/^2,000 ratings from /m);
    expect(stdout).toMatch(/^promoted: /m);
    expect(stdout).toMatch(/^restored [\d,]+ rows of \d+ tables, as they were at /m);
    expect(stdout).toMatch(/^\{"user_id":1,"model_version":1,.*"recommendations":\[\{"item_id":/m);
  },
  120_000,
);
