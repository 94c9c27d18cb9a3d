import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Result, readResult } from "./results.ts";
import { suites } from "./suites.ts";
import { formatTable } from "./table.ts";
import { formatTargets } from "./targets.ts";

/**
 * `docs/benchmarks.md`, made of the committed results and of nothing else.
 */
export async function formatReport(): Promise<string> {
  const results = Object.keys(suites).flatMap((name) => readResult(name) ?? []);
  const machines = new Set(results.map(({ machine }) => JSON.stringify(machine)));
  if (machines.size > 1) throw new Error("the results are of several machines; measure all of them on one");
  const sections = await Promise.all(results.map(section));
  return [introduction(results[0]), ...sections].join("\n");
}

/** @returns the path written */
export async function writeReport(): Promise<string> {
  const path = fileURLToPath(new URL("../docs/benchmarks.md", import.meta.url));
  writeFileSync(path, await formatReport());
  return path;
}

function introduction(result: Result | undefined): string {
  if (!result) throw new Error("there are no results in bench/results");
  const { processor, processors, memory_gib, system, node } = result.machine;
  return `# Benchmarks

<!-- Made by \`npm run bench -- --report\` from bench/results/*.json. Do not edit. -->

Measured on ${processors} processors (${processor}), ${memory_gib} GiB, ${system}, node ${node}. Every row of ours ran in
a process of its own; seconds are the least of some runs (one where a run is long), peak memory is the whole process with
the data, idle memory what node, the TypeScript loader and our modules hold before it. Peers ran on the same machine and the same rows. Where the load average at the
start is above 1 the machine was busy with other work: seconds of two threads then say less than CPU seconds.
\`bench/README.md\` says how to repeat everything.
`;
}

async function section({ suite: name, rows }: Result): Promise<string> {
  const suite = await suites[name]!();
  const loads = rows.flatMap(({ load }) => load ?? []);
  const dates = rows.flatMap(({ date }) => date?.slice(0, 10) ?? []).sort();
  const commits = [...new Set(rows.flatMap(({ commit }) => commit ?? []))];
  return `## ${suite.title}

${suite.about}

${formatTable(suite, rows)}${formatTargets(suite, rows)}
Repeat: \`npm run bench -- ${name}\`. Measured ${[...new Set([dates[0], dates.at(-1)])].join(" to ")} at ${commits.join(", ")}; load average
at the start ${Math.min(...loads)} to ${Math.max(...loads)}.
`;
}
