import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { arch, cpus, platform, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import type { Row } from "./suite.ts";

/** `bench/results/SUITE.json`. */
export interface Result {
  readonly suite: string;
  readonly machine: Machine;
  readonly rows: readonly Row[];
}

export interface Machine {
  readonly processor: string;
  readonly processors: number;
  readonly memory_gib: number;
  readonly system: string;
  readonly node: string;
}

/** What a `--peer` file holds: rows as ours are, each with its suite. */
interface PeerFile {
  readonly rows: readonly (Row & { readonly suite: string })[];
}

const folder = new URL("./results/", import.meta.url);

export function readResult(suite: string): Result | undefined {
  const file = new URL(`${suite}.json`, folder);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Result) : undefined;
}

/** @returns the path written */
export function writeResult(result: Result): string {
  mkdirSync(folder, { recursive: true });
  const file = new URL(`${result.suite}.json`, folder);
  const temporary = new URL(`${result.suite}.json.tmp`, folder);
  writeFileSync(temporary, `${JSON.stringify(result, null, 2)}\n`);
  renameSync(temporary, file);
  return fileURLToPath(file);
}

/** The rows that peers' files have for a suite. */
export function readPeers(files: readonly string[], suite: string): Row[] {
  return files
    .flatMap((file) => (JSON.parse(readFileSync(file, "utf8")) as PeerFile).rows)
    .filter((row) => row.suite === suite)
    .map(({ suite: _, ...row }) => row);
}

export function thisMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    processors: cpus().length,
    memory_gib: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()}`,
    node: process.version,
  };
}

export function thisCommit(): string {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  } catch {
    return "unknown"; // a tree without its history
  }
}

/** `rows` with `newer` in the place of those of the same case, name and threads, the new ones behind. */
export function mergeRows(rows: readonly Row[], newer: readonly Row[]): Row[] {
  const key = (row: Row) => JSON.stringify([row.case, row.name, row.threads]);
  const byKey = new Map([...rows, ...newer].map((row) => [key(row), row]));
  return [...byKey.values()];
}
